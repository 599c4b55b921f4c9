"""The whole way, by a client that openapi-python-client made of the document."""

import sys
from http import HTTPStatus

from countersign import AuthenticatedClient, Client
from countersign.api.account import list_activity, show_account
from countersign.api.administration import create_account
from countersign.api.sign_in import sign_in, sign_out, verify_second_factor
from countersign.api.subjects import (
    begin_subject_enrollment,
    confirm_subject_enrollment,
    delete_subject,
    show_subject_two_factor,
    verify_subject,
)
from countersign.api.two_factor import begin_enrollment, confirm_enrollment, disable_two_factor, show_two_factor
from countersign.models import (
    Account,
    Algorithm,
    BeginRequest,
    BeginSubjectRequest,
    BegunEnrollment,
    Confirmed,
    ConfirmRequest,
    ConfirmSubjectRequest,
    CreateAccountRequest,
    Event,
    Problem,
    ProblemCode,
    ProofRequest,
    SecondFactorMethod,
    SecondFactorRequest,
    SecondFactorRequired,
    SecondFactorResponse,
    SessionPurpose,
    SignedIn,
    SignInRequest,
    Verified,
    VerifyRequest,
)
from countersign.types import UNSET

url, realm, key, login, password = sys.argv[1:]


def code_of(secret: str) -> str:
    print(f"code of {secret}", flush=True)
    return sys.stdin.readline().strip()


def bearer(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=url, token=token)


anyone = Client(base_url=url)
application = bearer(key)


def typed(value, kind):
    assert isinstance(value, kind), value
    return value


def password_of(given: str):
    return sign_in.sync(client=anyone, body=SignInRequest(login=login, password=given, realm=realm))


def challenge() -> str:
    return typed(password_of(password), SecondFactorRequired).challenge.token


def second_factor(code: str):
    return verify_second_factor.sync(client=anyone, body=SecondFactorRequest(challenge_token=challenge(), code=code))


account = typed(
    create_account.sync(client=application, body=CreateAccountRequest(login=login, password=password)), Account
)
assert (account.login, account.realm, account.two_factor_enabled) == (login, realm, False)
assert account.effective_role is UNSET

assert typed(password_of("not the password"), Problem).code is ProblemCode.INVALID_CREDENTIALS
signed_in = typed(password_of(password), SignedIn)
assert signed_in.enrollment_deadline is None
session = bearer(signed_in.session.token)
assert show_account.sync(client=session).session.purpose is SessionPurpose.FULL

begun = typed(begin_enrollment.sync(client=session, body=BeginRequest(name="Phone", password=password)), BegunEnrollment)
assert begun.authenticator.algorithm is Algorithm.SHA1 and begun.authenticator.confirmed_at is None
confirmation = ConfirmRequest(code=code_of(begun.secret), password=password)
confirmed = typed(confirm_enrollment.sync(begun.authenticator.id, client=session, body=confirmation), Confirmed)
recovery_codes = confirmed.recovery_codes or begun.recovery_codes
assert confirmed.two_factor_enabled and len(recovery_codes) > 2

assert sign_out.sync_detailed(client=session).status_code is HTTPStatus.NO_CONTENT
assert typed(show_account.sync(client=session), Problem).code is ProblemCode.UNAUTHENTICATED

refused = typed(second_factor("000 000 000"), Problem)
assert refused.code is ProblemCode.INVALID_CODE and refused.status == 422
by_code = typed(second_factor(code_of(begun.secret)), SecondFactorResponse)
assert by_code.method is SecondFactorMethod.TOTP
by_recovery_code = typed(second_factor(recovery_codes[0]), SecondFactorResponse)
assert by_recovery_code.method is SecondFactorMethod.RECOVERY_CODE
assert by_recovery_code.recovery_codes_remaining == len(recovery_codes) - 1

session = bearer(by_code.session.token)
state = show_two_factor.sync(client=session)
assert state.enabled and state.policy.totp.digits == 6 and state.authenticators[0].last_used_at is not None
events = [item.event for item in list_activity.sync(client=session, limit=200).items]
assert Event.TWO_FACTOR_ENABLED in events and Event.RECOVERY_CODE_USED in events
proof = ProofRequest(password=password, code=recovery_codes[1])
assert disable_two_factor.sync_detailed(client=session, body=proof).status_code is HTTPStatus.NO_CONTENT
typed(password_of(password), SignedIn)

subject = "user 42/ä"
assert not show_subject_two_factor.sync(subject, client=application).enabled
begun = begin_subject_enrollment.sync(subject, client=application, body=BeginSubjectRequest(label="ada@example.org"))
secret = typed(begun, BegunEnrollment).secret
confirmation = ConfirmSubjectRequest(code=code_of(secret))
typed(confirm_subject_enrollment.sync(subject, begun.authenticator.id, client=application, body=confirmation), Confirmed)
code = VerifyRequest(code=code_of(secret), purpose="payment")
verified = typed(verify_subject.sync(subject, client=application, body=code), Verified)
assert verified.verified and verified.authenticator_id == begun.authenticator.id
again = typed(verify_subject.sync(subject, client=application, body=code), Problem)
assert again.code is ProblemCode.INVALID_CODE and again.reason == "already_used"
assert delete_subject.sync_detailed(subject, client=application).status_code is HTTPStatus.NO_CONTENT
assert not show_subject_two_factor.sync(subject, client=application).enabled
print("arrived")
