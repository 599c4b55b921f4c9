# The texts of the hosted pages, in English. de.ftl has the same messages in the same order; a test compares them.

## Frame

skip-link = Skip to the content
language-label = Language
language-name = English
footer-by = Protected by Countersign
menu = Menu
nav-label = Main
nav-own = Your account
nav-security = Security
nav-activity = Activity
nav-sessions = Sessions
nav-trusted-devices = Trusted devices
nav-password = Password
nav-administration = Administration
nav-admin-accounts = Accounts
nav-admin-policy = Policy
nav-admin-appearance = Appearance
nav-admin-audit = Audit events
nav-admin-statistics = Statistics
nav-admin-api-keys = API keys
nav-admin-realms = Realms
sign-out = Sign out
pager-label = Pages
pager-first = To the beginning
pager-next = Show more
pager-previous = Back
pager-following = Next

## Words and buttons that several pages share

continue = Continue
cancel = Cancel
save = Save
change = Change
remove = Remove
remove-named = Remove { $name }
rename = Rename
copy = Copy
copied = Copied
download = Download
downloaded = Saved as a file
print = Print
never = Never
start-over = Start over
back-to-security = Back to security
way-back = Back to { $host }
continue-as = Continue as { $login }
sign-in-or-other = or as somebody else
sign-in-awaits-owner = Nobody has an account here yet. Whoever started this service finds a link in its output with which the first owner is made; a restart prints another one.
login-label = Email or user name
password-label = Password
password-show = Show
password-hide = Hide
password-again-label = Repeat the password
new-password-label = New password
new-password-hint = 8 to 256 characters. A few unrelated words are easy to remember and hard to guess.
code-label = Code
code-hint = { $digits } digits from your authenticator app.
code-hint-consecutive = The code that your app shows now, then the next one, such as 123456 654321. The space may be left out.
two-codes-label = Or two codes in a row, without waiting
two-codes-button = Sign in with two codes
code-hint-any = The digits from your authenticator app.
code-hint-sent = They are sent after the last digit.
name-label = Name
added-on = Added { $date }
created-on = Created { $date }
last-used-on = Last used { $date }
never-used = Not used yet
recovery-codes = Recovery codes
recent-title = Recent activity
recent-all = Show all
contact-label = Contact:

## Times. The server puts these together; month-1 to month-12 are $month

date-day = { $day } { $month } { $year }
date-time = { $date }, { $time } { $zone }
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
duration-seconds =
    { $count ->
        [one] { $count } second
       *[other] { $count } seconds
    }
duration-minutes =
    { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
duration-hours =
    { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
duration-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
client-on = { $browser } on { $system }
client-unknown = Unknown browser

## Sign-in

sign-in-title = Sign in
sign-in-lead = Welcome to { $realm }.
sign-in-button = Sign in
sign-in-trouble = Trouble signing in?
second-factor-title = Enter your code
second-factor-lead = Open your authenticator app and type the code it shows for this account.
second-factor-trust =
    { $days ->
        [one] Trust this browser for { $days } day
       *[other] Trust this browser for { $days } days
    }
second-factor-trust-hint = Your password will do here until then. Tick this only on a device of your own.
second-factor-button = Continue
second-factor-use-recovery = Use a recovery code
second-factor-help-title = Nothing works?
second-factor-help-clock = Check that your phone sets its clock by itself. Each code works once; wait for the next one before you try again.
second-factor-help-other = If you have added another authenticator, its code works as well.
second-factor-help-recovery = If your phone is gone, use one of the recovery codes that you saved when you turned on two-factor authentication.
second-factor-help-administrator = If you have none of these, ask an administrator to turn off two-factor authentication for your account. You can then set it up again.
recovery-code-title = Use a recovery code
recovery-code-lead = Type one of the codes that you saved for the day your phone is not at hand.
recovery-code-label = Recovery code
recovery-code-hint = It looks like this:
recovery-codes-case = Capital and small letters differ in these codes.
recovery-code-once = Each recovery code works once. Cross it out afterwards.
recovery-code-replaced = Each recovery code works once. You will be given a new one in its place.
recovery-code-few =
    { $count ->
        [one] This is your last recovery code. Make new ones after you have signed in.
       *[other] You have only { $count } recovery codes left. Make new ones after you have signed in.
    }
recovery-code-use-app = Use the authenticator app
recovery-code-none = Neither code nor phone?
wait-title = Too many attempts
wait-text = For your protection, nothing is checked for now. Try again in { $time }.
wait-over = You can try again now.

## Proofs

proof-either = To be sure that it is you, enter your password or a code. One of them will do.
proof-or = or
proof-password-label = Your password
proof-code-label = A code from your authenticator app
proof-code-hint = { $digits } digits. Each code works once.
proof-code-hint-recovery = { $digits } digits, or a recovery code, which is then used up.

## Setup

setup-title = Welcome to Countersign
setup-lead = Create the first account. It is yours.
setup-what-owner = This account is the owner: it may do everything here.
setup-what-enroll = Next, you can turn on two-factor authentication for it.
setup-what-once = This page works once and is gone afterwards.
setup-login-hint = You sign in with it.
setup-button = Create account
setup-gone-title = Setup is finished
setup-gone-text = This link is not good any more: there is an account already, or the link is older than a day. A restart without an account prints a new one.
setup-gone-operator = If nobody can sign in any more, whoever runs the server can help with the command “countersign account”.

## Security

security-title = Security
security-lead = How you sign in, and how your account is protected.
state-on-title = Two-factor authentication is on
state-on-text = Since { $date }. Signing in takes your password and a code.
state-off-title = Two-factor authentication is off
state-off-text = Anyone who learns your password can sign in. A code from your phone prevents that.
state-pending-title = Almost done
state-pending-text = You have begun to add an authenticator. Confirm it with a code until { $time }.
turn-on = Turn on
turn-off = Turn off two-factor authentication
replace-title = Replace my phone
replace-lead = Scan a QR code with the new phone and confirm it with a code. Only then does the old phone stop working.
replace-which = Which one goes?
replace-old = To be replaced
replace-name-label = Name of the new authenticator (optional)
replace-keep-both = Keep the old one as well
banner-enroll-now-title = Set up two-factor authentication to go on
banner-enroll-now-text = Your account needs a second factor now. Until it is set up, you cannot use anything else here.
banner-deadline-title =
    { $days ->
        [one] { $days } day left to turn on two-factor authentication
       *[other] { $days } days left to turn on two-factor authentication
    }
banner-deadline-text = It is required for your account from { $date } on. It takes about two minutes.
authenticators-title = Authenticators
authenticator-add = Add
authenticator-disabled-text = Too many wrong codes in a row were entered. Add an authenticator again; it takes the place of this one.
pending-badge = Not confirmed yet
disabled-badge = Disabled
pending-until = Can be confirmed until { $time }
enroll-go-on = Finish
access-title = Access
few-badge = Few left
recovery-codes-left = { $count } of { $total } left.
password-row = Change it if someone else might know it.
sessions-count =
    { $count ->
        [100] 100 sessions or more, including this one.
        [one] You are signed in here only.
       *[other] { $count } sessions, including this one.
    }
trusted-devices-count =
    { $count ->
        [100] 100 browsers or more are trusted.
        [0] No browser is trusted.
        [one] { $count } browser needs no code.
       *[other] { $count } browsers need no code.
    }

## Enrollment

steps-text = Step { $step } of { $steps }
enroll-title = Turn on two-factor authentication
enroll-title-further = Add an authenticator
enroll-no-way-back = There are no recovery codes here. Whoever loses the phone needs an administrator to turn two-factor authentication off; there is no other way back.
enroll-lead = You need an authenticator app on your phone or computer. It shows a new code every few seconds.
enroll-required-until = Two-factor authentication is required for your account from { $date } on.
enroll-required-now = Two-factor authentication is required for your account. Set it up to go on.
authenticator-name-label = Name of the authenticator (optional)
authenticator-name-hint = So that you recognize it later, such as “Phone”.
issuer-label = Name in the app
issuer-hint = Your authenticator app shows this name beside the code.
enroll-replaces = As soon as you confirm, “{ $name }” stops working. Until then it goes on working.
enroll-which-app-title = Which app can I use?
enroll-which-app-text = Any authenticator app for time-based codes (TOTP) will do. Many password managers can do it as well. If you have none, search the app store of your phone for “authenticator”.
enroll-confirm-title = Scan the QR code
enroll-confirm-lead = Scan it with your authenticator app. Then type the code that the app shows.
qr-label = QR code for the authenticator app, account { $account }
enroll-open-app = Open the authenticator app on this device
enroll-cannot-scan = Can’t scan it?
enroll-cannot-scan-text = Choose “enter a key” in your app and type this key. Spaces do not matter.
copy-key = Copy the key
fact-account = Account
fact-issuer = Name in the app
fact-type = Kind
fact-type-totp = Time-based (TOTP)
fact-digits = Digits
fact-period = A new code every
fact-algorithm = Algorithm
enroll-uncommon = Not every app supports these codes. If the code is refused, try another authenticator app.
enroll-codes-title = Save your recovery codes
enroll-codes-text = They get you in without your phone. They count as soon as you have confirmed the code below, and they are shown until then.
enroll-codes-shown-before = Your recovery codes were shown when you began. If you did not save them, cancel and begin again.
enroll-code-label = Code in the app
enroll-confirm-button = Confirm
enroll-expires = Valid until { $time }

## Recovery codes

recovery-codes-title = Save your recovery codes
recovery-codes-title-regenerated = Your new recovery codes
recovery-codes-title-replaced = A new recovery code for the used one
recovery-codes-title-viewed = Your recovery codes
recovery-codes-lead = If your phone is lost, one of these codes gets you in. Each works once. Keep them where you find them without your phone.
recovery-codes-lead-replaced = You have used up a recovery code. Write this one in its place; the others stay as they are.
recovery-codes-enrolled = Two-factor authentication is on. One last thing:
recovery-codes-regenerated = The codes that you had before do not work any more.
recovery-codes-list = Recovery codes
recovery-codes-file = recovery-codes.txt
recovery-codes-heading = Recovery codes: { $realm }, { $login }
fact-issued = Issued
recovery-codes-once = They are shown until you have saved them. You can make new ones at any time.
recovery-codes-viewable = You can look at the unused ones again under “Security”.
recovery-codes-saved =
    { $count ->
        [one] I have saved the recovery code
       *[other] I have saved the recovery codes
    }
recovery-codes-view-title = Recovery codes
recovery-codes-issued-on = Issued { $date }.
recovery-codes-few = You have few recovery codes left. Make new ones.
recovery-codes-view-button = Show the unused codes
recovery-codes-regenerate-button = Make new recovery codes
recovery-codes-regenerate-hint = The codes that you have now stop working when you make new ones.
recovery-test-link = Test one of your codes
recovery-test-title = Test a recovery code
recovery-test-lead = Type one of your codes as you wrote it down. It is not used up by this.
recovery-test-button = Test
recovery-test-good = This code is right. It was not used up.
recovery-test-malformed = This does not look like a recovery code. Compare it with the example.
recovery-test-unknown = This is none of your unused codes. Look for a mistyped letter; if it stays wrong, make new codes.

## Removing and turning off

authenticator-remove-title = Remove the authenticator?
authenticator-remove-text = Codes of “{ $name }” will not be accepted any more. Afterwards you can delete the entry in the app.
authenticator-remove-last = It is your last authenticator
authenticator-remove-last-text = Removing it turns off two-factor authentication. To change phones, add the new one first.
authenticator-remove-button = Remove
disable-title = Turn off two-factor authentication?
disable-lead = Then your password alone is enough to sign in.
disable-required = Two-factor authentication is required for your account. You will have to set it up again.
disable-means-authenticators = All your authenticators are removed.
disable-means-codes = Your recovery codes do not work any more.
disable-means-codes-kept = Your recovery codes are kept but do not work while it is off.
disable-means-sessions = No browser is trusted any more, and you are signed out everywhere else.
disable-means-devices = No browser is trusted any more.
disable-button = Turn off
disable-keep = Keep it on

## Sessions, trusted devices, password, activity

sessions-title = Sessions
sessions-lead = Where you are signed in. End what you do not recognize, and change your password then.
session-current = This session
session-began = Since { $date }
session-seen = Last active { $date }
session-end = End
session-end-named = End the session: { $client }, since { $date }
sessions-end-others =
    { $count ->
        [99] End all other sessions
        [one] End the other session
       *[other] End the { $count } other sessions
    }
trusted-devices-title = Trusted devices
trusted-devices-lead =
    { $days ->
        [one] In these browsers your password is enough. Each is trusted for { $days } day.
       *[other] In these browsers your password is enough. Each is trusted for { $days } days.
    }
trusted-devices-not-allowed = Browsers cannot be trusted here. Each sign-in asks for a code.
trusted-devices-empty = No browser is trusted. You can tick “Trust this browser” at your next sign-in.
device-current = This browser
device-trusted = Trusted since { $date }
device-expires = Until { $date }
device-revoke = Stop trusting
device-revoke-named = Stop trusting { $client }
trusted-devices-revoke-all = Stop trusting all of them
password-title = Change password
password-lead-required = Someone else gave you this password. Choose one of your own to go on.
password-lead = You stay signed in here and are signed out everywhere else.
current-password-label = Current password
password-button = Change password
activity-title = Activity
activity-lead = What happened with your account. If you do not recognize something, change your password.
activity-empty = Nothing has happened yet.
not-me-link = This wasn’t me
not-me-title = This wasn’t me
not-me-lead = If somebody else signed in as you, shut them out: in one step.
not-me-sessions = You are signed out everywhere else, and no browser is trusted any more.
not-me-password = Another password holds from now on. Choose one that you use nowhere else.
not-me-codes = The recovery codes that you have are void, and you get new ones.
not-me-button = Shut everybody else out

## Administration: accounts

role-member = Member
role-admin = Administrator
role-owner = Owner
role-subject = Subject
role-operator = Operator
two-factor-enabled = On
two-factor-pending = Pending
two-factor-disabled = Off
account-active = Active
account-disabled = Disabled
account-waiting = Has to wait
account-unlock = End the wait
filter-any = Any
filter-button = Search
filter-reset = Clear
filter-login = Login or subject
filter-role = Role
filter-two-factor = Two-factor
filter-sort = Order
filter-event = Event
filter-account = Account or subject
filter-outcome = Outcome
filter-address = Address
filter-actor-kind = Acted as
filter-actor = Who acted
filter-login-part = Part of the login
filter-since = From
filter-until = To
column-login = Login
column-role = Role
column-two-factor = Two-factor
column-last-sign-in = Last sign-in
column-state = State
column-event = Event
column-account = Account
column-actor = By
column-from = From where
column-time = Time
column-rule = Rule
column-value = Value
column-effect = What a change means
column-name = Name
column-scopes = May
column-last-used = Last used
column-expires = Expires
column-actions = Actions
column-day = Day
column-drift = Clock of the phone
column-codes = Codes
admin-accounts-title = Accounts
admin-accounts-lead = Everyone who signs in to { $realm }.
admin-accounts-caption = Accounts of this realm
admin-accounts-empty = There are no accounts yet.
admin-accounts-none-found = No account matches. Try fewer filters.
admin-accounts-count = { $count ->
    [one] One account
   *[other] { $count } accounts
}
admin-accounts-more-than = More than { $count } accounts
account-state-active = Not disabled
account-state-disabled = Disabled
account-state-waiting = Has to wait
account-state-never-signed-in = Never signed in
account-state-required-but-missing = Two-factor required and missing
account-order-created = Oldest first
account-order-created-desc = Newest first
account-order-login = Login, A to Z
account-order-login-desc = Login, Z to A
account-order-last-sign-in = Signed in longest ago
account-order-last-sign-in-desc = Signed in last
several-all = All that match, on every page
several-act = With those that are ticked
several-go = Go on
several-tick = Choose { $login }
several-act-disable = Disable
several-act-enable = Enable
several-act-require-two-factor = Require two-factor
several-act-end-sessions = Sign out everywhere
several-act-export-csv = Export as CSV
several-act-export-jsonl = Export as JSON lines
confirm-several-disable-title = Disable several accounts?
confirm-several-disable-text = { $count ->
    [one] One account is disabled.
   *[other] { $count } accounts are disabled.
}
confirm-several-disable-means = They are signed out everywhere, and cannot sign in until they are enabled again.
confirm-several-disable-button = Disable
confirm-several-enable-title = Enable several accounts?
confirm-several-enable-text = { $count ->
    [one] One account is enabled.
   *[other] { $count } accounts are enabled.
}
confirm-several-enable-means = They can sign in again, with what they have.
confirm-several-enable-button = Enable
confirm-several-require-two-factor-title = Require two-factor of several accounts?
confirm-several-require-two-factor-text = { $count ->
    [one] One account has to have a second factor, whatever the policy says.
   *[other] { $count } accounts have to have a second factor, whatever the policy says.
}
confirm-several-require-two-factor-means = Whoever has none has the days to set it up that the policy gives, from the next sign-in on.
confirm-several-require-two-factor-button = Require
confirm-several-end-sessions-title = Sign several accounts out?
confirm-several-end-sessions-text = { $count ->
    [one] One account is signed out everywhere.
   *[other] { $count } accounts are signed out everywhere.
}
confirm-several-end-sessions-means = They sign in again as they do now. Browsers that are trusted stay so.
confirm-several-end-sessions-button = Sign out
confirm-several-means-each = Your own account is left out, and what you may not do to one account is refused for it alone.
confirm-several-means-more = More match: it is done to { $most } at a time. Do it again for the others.
several-done-title = What was done
several-done-disable = { $count ->
    [one] One account was disabled.
   *[other] { $count } accounts were disabled.
}
several-done-enable = { $count ->
    [one] One account was enabled.
   *[other] { $count } accounts were enabled.
}
several-done-require-two-factor = { $count ->
    [one] One account has to have a second factor from now on.
   *[other] { $count } accounts have to have a second factor from now on.
}
several-done-end-sessions = { $count ->
    [one] One account was signed out everywhere.
   *[other] { $count } accounts were signed out everywhere.
}
several-unchanged = { $count ->
    [one] One was so already.
   *[other] { $count } were so already.
}
several-refused = { $count ->
    [one] It was refused for one
   *[other] It was refused for { $count }
}
several-refused-not-found = There is no such account any more.
several-refused-own-account = This is your own account.
several-refused-owners-only = Only an owner may do this.
several-refused-last-owner = This is the last owner who can sign in.
several-refused-subject = A subject does not sign in here.
several-refused-unavailable = Something failed. Do it again.
several-more = More match. Go back and do it again for them.
several-back = Back to the accounts
account-new = Add
account-new-title = Add an account
account-new-text = They sign in with this, and turn on two-factor authentication then.
account-new-button = Add account
account-password-label = Password
account-password-tell = Tell them.
account-password-empty = Leave it empty to let them set their own, by a link that you pass on.
account-password-stays = They may keep it; otherwise they change it when they sign in
account-password-title = Set a new password?
account-password-text = For { $login }, who is then signed out everywhere.
account-password-button = Set password
act-password = Set a password
act-password-text = For someone who forgot theirs.
act-password-button = Set
act-password-link = A link for a password
act-password-link-text = They set one themselves, and nobody else ever knows it. For a first password as well as for a lost one.
act-password-link-button = Make a link
subject-named = Subject { $subject }
admin-account-own = This is your own account. Look after it under “Security”, as everyone does.
admin-account-owners-only = Only an owner can change this account.
admin-account-waiting-title = This account has to wait
admin-account-waiting-text = After several wrong codes in a row, none is checked for { $time }.
admin-account-facts = Account
admin-account-acts = Actions
admin-account-no-authenticators = No authenticator has been added.
admin-recovery-left =
    { $count ->
        [0] None left
        [one] { $count } left
       *[other] { $count } left
    }
fact-created = Created
fact-requirement = Two-factor
requirement-marked = Required of this account
requirement-exempt = Not required of this account
requirement-by-policy = Required by the policy
requirement-none = Not required
fact-deadline = Has to enroll until
fact-subject = Subject
fact-id = Identifier
authenticator-facts = { $digits } digits, every { $period } seconds, { $algorithm }
act-disable-two-factor = Turn off two-factor authentication
act-disable-two-factor-text = For someone who lost phone and recovery codes.
act-disable-two-factor-button = Turn off
act-role = Role
act-role-text = What this account may do here.
act-require = Whether two-factor is required
act-require-text = Of this account, whatever the policy says.
act-require-button = Require
act-exempt-button = Exempt
act-by-policy-button = As the policy says
act-disable = Disable the account
act-disable-text = It cannot sign in any more; everything else is kept.
act-disable-button = Disable
act-enable = Enable the account
act-enable-text = It can sign in again.
act-enable-button = Enable
act-delete = Delete the account
act-delete-text = Everything of it is gone but its audit events.
act-delete-button = Delete

## Administration: confirmations. title, text ($login, $name), consequences, button

admin-proof = Confirm that it is you.
reason-label = Reason
reason-label-optional = Reason (optional)
reason-hint = It is kept with the audit event, for example “lost the phone, identity checked by phone”.
confirm-disable-two-factor-title = Turn off two-factor authentication?
confirm-disable-two-factor-text = For { $login }. Make sure that it is really this person who asks.
confirm-disable-two-factor-means-removed = Authenticators and recovery codes are removed.
confirm-disable-two-factor-means-sessions = The account is signed out everywhere, and no browser is trusted any more.
confirm-disable-two-factor-means-password = Until it is set up again, the password alone is enough to sign in.
confirm-disable-two-factor-button = Turn off
confirm-password-link-title = Make a link for a password?
confirm-password-link-text = Whoever has the link sets the password of { $login }. Pass it on to them alone.
confirm-password-link-means-once = It works once, within three days.
confirm-password-link-means-until = The password that the account has holds until then.
confirm-password-link-means-second-factor = The second factor stays as it is: the link alone signs nobody in who has one.
confirm-password-link-button = Make the link
confirm-role-title = Change the role?
confirm-role-text = { $login } becomes: { $role }.
confirm-role-means-member = A member looks after the own account only.
confirm-role-means-admin = An administrator can change accounts, the policy and API keys.
confirm-role-means-owner = An owner may do everything, and only owners can change owners.
confirm-role-means-operator = An operator administers everyone in every realm, makes realms, and is acted on by operators only.
confirm-role-button = Change role
confirm-require-title = Require two-factor authentication?
confirm-require-text = { $login } has to have a second factor, whatever the policy says.
confirm-require-means-grace = The days of grace begin now, if it has none. Then it has to be set up first.
confirm-require-means-administers = Until it is set up, the account administers nothing.
confirm-require-button = Require
confirm-exempt-title = Exempt from two-factor authentication?
confirm-exempt-text = { $login } need not have a second factor, whatever the policy says.
confirm-exempt-button = Exempt
confirm-by-policy-title = Leave it to the policy?
confirm-by-policy-text = Whether { $login } has to have a second factor, the policy says.
confirm-by-policy-button = Leave it
confirm-disable-title = Disable the account?
confirm-disable-text = { $login } cannot sign in any more.
confirm-disable-means-sessions = The account is signed out everywhere.
confirm-disable-means-kept = Nothing is deleted. You can enable it again.
confirm-disable-button = Disable
confirm-enable-title = Enable the account?
confirm-enable-text = { $login } can sign in again, with the password and second factor as before.
confirm-enable-button = Enable
confirm-delete-title = Delete the account?
confirm-delete-text = { $login } is deleted for good.
confirm-delete-means-gone = Authenticators, recovery codes and sessions are gone.
confirm-delete-means-audit = Its audit events are kept.
confirm-delete-means-final = This cannot be undone.
confirm-delete-button = Delete for good
confirm-revoke-api-key-title = Revoke the API key?
confirm-revoke-api-key-text = “{ $name }” opens nothing any more.
confirm-revoke-api-key-means-application = Applications that use it get an error from now on. Give them another key first.
confirm-revoke-api-key-means-final = This cannot be undone.
confirm-revoke-api-key-button = Revoke
confirm-policy-title = Change the policy?
confirm-policy-text = It holds from the next request on, also for those who are signed in.
confirm-policy-issuer = The name that apps show becomes “{ $issuer }”.
confirm-back = Back, without changing anything
confirm-policy-button = Change policy
policy-concerns-accounts =
    { $count ->
        [one] One account has no second factor and will have to enroll
       *[other] { $count } accounts have no second factor and will have to enroll
    }{ $days ->
        [0] { " " }at once.
        [one] { " " }within a day of the next sign-in.
       *[other] { " " }within { $days } days of the next sign-in.
    }
policy-concerns-administrators =
    { $count ->
        [one] One of them administers, and may not until then.
       *[other] { $count } of them administer, and may not until then.
    }

## Administration: policy

admin-policy-title = Policy
admin-policy-lead = The rules of { $realm }. A change holds at once, also for those who are signed in, and is kept as an audit event.
presets-title = Presets
presets-lead = A preset sets all rules at once. You can change single rules below.
preset-changes = Would change:
preset-no-changes = In use now; changes nothing
preset-change = { $rule }: { $value }
preset-changes-more =
    { $count ->
        [one] and { $count } more rule
       *[other] and { $count } more rules
    }
preset-button = Use this preset
preset-hint = You see what changes before it is saved.
preset-recommended = Recommended
preset-recommended-summary = Strong and comfortable. For most realms.
preset-dokploy = Dokploy
preset-dokploy-summary = One authenticator; codes shown before the confirmation and viewable later.
preset-pterodactyl = Pterodactyl
preset-pterodactyl-summary = One authenticator; only the command line turns off two-factor for others.
preset-docspell = Docspell
preset-docspell-summary = One authenticator and no recovery codes.
preset-dqos = DQoS
preset-dqos-summary = One authenticator; eight long recovery codes, viewable later.
preset-ispconfig = ISPConfig
preset-ispconfig-summary = One authenticator; confirming asks for the password.
policy-issuer-label = Name of this realm
policy-issuer-hint = Authenticator apps show it beside the codes. Apps that are set up already keep the old name.
policy-preset-value = Preset: { $value }
policy-administration-locked = Who may turn off two-factor authentication for others can only be changed by those whom the rule allows it.
policy-owners-only = Only owners change this.
admin-appearance-title = Appearance
admin-appearance-lead = How the pages of this realm look, whom its users ask, and where they may go back to. A change holds from the next page on.
appearance-owners-only = Only owners change this: whoever may add an address can have users sent there.
appearance-issuer = Authenticator apps call this realm { $issuer }. Change that under:
appearance-name-label = Name on the pages
appearance-name-hint = Without one, the pages use the name that authenticator apps show.
appearance-accent-label = Color of buttons and links
appearance-accent-hint = As #rrggbb, such as #0a7d55. Without one, the pages have their own. The text on it is white or black, whichever can be read; on dark pages, a dark color is made lighter.
appearance-samples = The color on light and on dark pages
appearance-logo-label = Picture beside the name
appearance-logo-hint = PNG, SVG or WebP of at most 64 KiB. It is shown on light and on dark ground.
appearance-logo-now = The present picture, on light ground
appearance-logo-remove = Take the picture away
appearance-help-title = Help and times
appearance-help-lead = What people are told who are stuck.
appearance-contact-name-label = Whom to ask
appearance-contact-name-hint = For example IT desk. It is shown where somebody cannot sign in, and where an administrator has to help.
appearance-contact-link-label = Where to ask
appearance-contact-link-hint = https:// with a page, mailto: with one address, or tel: with a number.
appearance-time-zone-label = Time zone
appearance-time-zone-hint = For example Europe/Berlin. Browsers that run scripts show the time of the reader’s own clock.
appearance-return-addresses-label = Return addresses
appearance-return-addresses-hint = A line for each address to which the pages may send users back, with everything below it: https://, or http:// on this machine itself.
appearance-button = Save appearance
appearance-preview = Show what is typed
admin-realms-title = Realms
admin-realms-lead = Each is one application’s space: its name, policy, accounts and keys. What you do on the other pages of the administration, you do in the realm that you act in.
acting-in = You act in the realm
acting-switch = Switch
column-realm = Realm
realm-here = You act here
realm-act = Act here
realm-act-named = Act in the realm { $realm }
realm-new-title = New realm
realm-slug-label = Short name
realm-slug-hint = Applications and commands give it, such as panel. It cannot be changed later.
realm-issuer-hint = Authenticator apps show it beside the codes.
realm-preset-label = Policy to begin with
realm-preset-hint = Every rule can be changed later.
realm-new-button = Make realm
policy-owners-keys = Rules that protect owners as well are changed by owners only.
policy-button = Save changes
policy-discard = Discard
policy-hint = All changes are saved together.
policy-group-totp = Codes
policy-group-authenticators = Authenticators
policy-group-enrollment = Enrollment
policy-group-proofs = Proofs
policy-group-recovery-codes = Recovery codes
policy-group-sign-in = Sign-in
policy-group-enforcement = Requirement
policy-group-throttle = Waiting after failures
policy-group-administration = Administration
policy-totp-algorithm-name = Hash of codes
policy-totp-algorithm = The hash of the codes. Several authenticator apps ignore anything but SHA1.
policy-totp-algorithm-change = For new authenticators. Those in use keep theirs.
policy-totp-digits-name = Digits of a code
policy-totp-digits = How many digits a code has.
policy-totp-digits-change = For new authenticators. Those in use keep theirs.
policy-totp-period-seconds-name = Period of a code
policy-totp-period-seconds = How many seconds a code is shown.
policy-totp-period-seconds-change = For new authenticators. Those in use keep theirs.
policy-totp-skew-steps-name = Tolerance
policy-totp-skew-steps = How many codes before and after the current one are accepted.
policy-totp-skew-steps-change = Holds for all authenticators at once. With 0, phones whose clock is off are refused.
policy-totp-secret-bytes-name = Length of keys
policy-totp-secret-bytes = How many bytes new keys have.
policy-totp-secret-bytes-change = For new authenticators. Those in use keep theirs.
policy-authenticators-max-per-account-name = Authenticators per account
policy-authenticators-max-per-account = How many authenticators an account may have.
policy-authenticators-max-per-account-change = With 1, a new phone can only be added after the old one is removed. Nothing is removed by a lower number.
policy-authenticators-user-chosen-issuer-name = Own name in the app
policy-authenticators-user-chosen-issuer = Whether people may choose the name that their app shows.
policy-enrollment-ttl-seconds-name = Time to confirm
policy-enrollment-ttl-seconds = For how many seconds a begun enrollment can be confirmed.
policy-proofs-begin-name = To begin an enrollment
policy-proofs-begin = What beginning an enrollment asks for; while two-factor is on, at least what turning it off asks for.
policy-proofs-begin-change = With “nothing”, whoever finds a browser signed in can add an authenticator.
policy-proofs-confirm-name = To confirm an enrollment
policy-proofs-confirm = What confirming asks for, besides the code of the new authenticator.
policy-proofs-disable-name = To turn off two-factor
policy-proofs-disable = What turning off two-factor authentication asks for.
policy-proofs-disable-change = With “password or code”, a stolen phone or a stolen password is enough.
policy-proofs-recovery-codes-name = For recovery codes
policy-proofs-recovery-codes = What viewing and making new recovery codes asks for; not less than turning two-factor off.
policy-proofs-hold-hours-name = Hours of hold
policy-proofs-hold-hours = How many hours a code of what was just added, made or viewed cannot turn off what was there before.
policy-proofs-hold-hours-change = In that time, the owner can notice what someone else has added, and remove it.
policy-recovery-codes-count-name = Number of recovery codes
policy-recovery-codes-count = How many recovery codes are issued; 0 for none.
policy-recovery-codes-count-change = With 0, only an administrator can help someone who loses the phone.
policy-recovery-codes-format-name = Form of recovery codes
policy-recovery-codes-format = How they look. X is a character; hyphen and space separate and are ignored when typed.
policy-recovery-codes-format-change = For codes that are issued from now on.
policy-recovery-codes-alphabet-name = Characters of recovery codes
policy-recovery-codes-alphabet = What X is drawn from.
policy-recovery-codes-alphabet-change = For codes that are issued from now on.
policy-recovery-codes-shown-name = When recovery codes are shown
policy-recovery-codes-shown = Whether they are shown before or after the confirmation. They count only after it.
policy-recovery-codes-viewable-name = Recovery codes viewable later
policy-recovery-codes-viewable = Whether unused codes can be viewed again.
policy-recovery-codes-viewable-change = With “yes” they are kept encrypted, not only as hashes. Codes issued before cannot be viewed.
policy-recovery-codes-after-use-name = After use of a recovery code
policy-recovery-codes-after-use = Whether a used code is replaced by a new one.
policy-recovery-codes-on-disable-name = Recovery codes when two-factor is turned off
policy-recovery-codes-on-disable = Whether codes stay when two-factor authentication is turned off. They do not work then.
policy-sign-in-challenge-ttl-seconds-name = Time to enter a code
policy-sign-in-challenge-ttl-seconds = How many seconds after the password a code can be entered.
policy-sign-in-challenge-attempts-name = Tries for a code
policy-sign-in-challenge-attempts = After how many wrong codes the sign-in starts over.
policy-sign-in-trusted-device-days-name = Days of trust in a browser
policy-sign-in-trusted-device-days = How many days a browser may be trusted; 0 for never.
policy-sign-in-trusted-device-days-change = A lower number also shortens the time of browsers that are trusted now.
policy-sign-in-session-ttl-seconds-name = Length of a session
policy-sign-in-session-ttl-seconds = How many seconds a session lasts at most.
policy-sign-in-session-idle-seconds-name = Length of a session without use
policy-sign-in-session-idle-seconds = How many seconds a session lasts unused.
policy-sign-in-session-idle-seconds-change = People are signed out sooner or later, from the next request on.
policy-sign-in-end-other-sessions-on-change-name = End other sessions
policy-sign-in-end-other-sessions-on-change = Whether a new password or second factor ends the account’s other sessions.
policy-sign-in-end-other-sessions-on-change-change = With “no”, someone who got in stays in after the password is changed.
policy-enforcement-required-for-name = Who needs two-factor
policy-enforcement-required-for = Who has to have two-factor authentication.
policy-enforcement-required-for-change = Those without get the days of grace: from now on if they are signed in, else from their next sign-in. Until they have set it up, they administer nothing.
policy-enforcement-grace-days-name = Days of grace
policy-enforcement-grace-days = How many days they have to set it up, from when the rule meets them.
policy-enforcement-grace-days-change = With 0, it has to be set up at the next sign-in.
policy-throttle-free-failures-name = Free failures
policy-throttle-free-failures = How many failures in a row cost no wait.
policy-throttle-first-wait-seconds-name = First wait
policy-throttle-first-wait-seconds = How many seconds the next failure costs. Each further one doubles it.
policy-throttle-longest-wait-seconds-name = Longest wait
policy-throttle-longest-wait-seconds = How many seconds a wait lasts at most.
policy-administration-may-disable-two-factor-name = Who may turn off two-factor for others
policy-administration-may-disable-two-factor = Who may turn off two-factor authentication for others, over the API and these pages.
policy-administration-may-disable-two-factor-change = The command line on the server always may.
policy-value-true = Yes
policy-value-false = No
policy-value-none = Nothing
policy-value-password = Password
policy-value-code = Code
policy-value-password-or-code = Password or code
policy-value-password-and-code = Password and code
policy-value-crockford32 = Digits and letters without lookalikes, either case
policy-value-alphanumeric = Digits, upper-case and lower-case letters
policy-value-before-confirm = Before the confirmation
policy-value-after-confirm = After the confirmation
policy-value-remove = Nothing takes its place
policy-value-replace = A new one takes its place
policy-value-erase = They are deleted
policy-value-keep = They are kept
policy-value-nobody = Nobody
policy-value-admins = Administrators and owners
policy-value-owners = Owners
policy-value-everyone = Everyone
policy-value-sha1 = SHA1
policy-value-sha256 = SHA256
policy-value-sha512 = SHA512
policy-allowed-range = { $min } to { $max }
policy-allowed-count = 0, or { $min } to { $max }
policy-allowed-format = For example XXXX-XXXX-XXXX-XXXX

## Administration: audit events

admin-audit-title = Audit events
admin-audit-lead = What happened in this realm, newest first. Nothing here can be changed.
admin-audit-caption = Audit events
admin-audit-empty = There are no events yet.
admin-audit-none-found = No event matches. Try fewer filters.
admin-audit-looked-at = The latest { $count } events of these were looked at. “Show more” goes on with the earlier ones.
actor-kind-account = The account itself
actor-kind-administrator = Administrator
actor-kind-application = Application
actor-kind-operator = Operator
export-csv = CSV
export-jsonl = JSON lines
outcome-failure = Refused
outcome-success = Done
actor-account = The account itself
actor-claimant = Someone
actor-administrator = Administrator { $login }
actor-application = Application { $name }
actor-operator = Operator (command line)
actor-operator-account = Operator { $login }
detail-reason = Reason: { $reason }

## Administration: statistics

admin-statistics-title = Statistics
admin-statistics-lead = Accounts now, and codes of the last 30 days.
figure-accounts = Accounts
figure-enabled = With two-factor ({ $percent } %)
figure-pending = Enrollments under way
figure-missing = Required, but without
plot-codes-title = Codes by day
plot-codes-text = { $accepted } accepted, { $rejected } refused in 30 days.
plot-codes-empty = No codes in the last 30 days.
codes-accepted = Accepted
codes-rejected = Refused
plot-as-table = Show as a table
plot-drift-title = Clocks of the phones
plot-drift-text = If many accepted codes are early or late, check the clock of this server.
drift-behind =
    { $steps ->
        [one] { $steps } step late
       *[other] { $steps } steps late
    }
drift-none = On time
drift-ahead =
    { $steps ->
        [one] { $steps } step early
       *[other] { $steps } steps early
    }

## Administration: API keys

admin-api-keys-title = API keys
admin-api-keys-lead = With a key, an application uses this realm. Give each application a key of its own, with no more scopes than it needs.
api-keys-empty = There are no API keys yet.
api-key-create-title = Create an API key
api-key-name-label = Name
api-key-name-hint = Which application uses it, such as “Shop”.
api-key-scopes-label = What the key may do
api-key-expiry-label = Expires after
api-key-no-expiry = Never
api-key-create-button = Create key
api-key-expired = Expired
api-key-ends-soon = Ends soon
api-key-revoke = Revoke
api-key-revoke-named = Revoke { $name }
api-key-created-title = Your new API key
api-key-created-lead = For “{ $name }”.
api-key-created-once = Copy it and put it into the application’s configuration. Once you have said so, it is not shown again.
api-key-created-how = The application sends it with each request:
api-key-created-done = I have copied the key
password-link-title = The link for a password
password-link-lead = For { $login }, and for nobody else: whoever has it sets the password.
password-link-until = It works once, until { $date }.
password-link-done = I have passed it on
password-link-use-title = Set your password
password-link-use-lead = For { $realm }. Nobody else ever knows it.
password-link-use-button = Set the password
password-link-gone-title = This link is not good any more
password-link-gone-text = It was used, its time is over, or the password was set in another way since. If you know your password, sign in. If not, ask an administrator for a new link.
scope-verify = Verify codes
scope-verify-hint = Check codes and recovery codes of subjects.
scope-enroll = Enroll
scope-enroll-hint = Give subjects their first authenticator; with “Manage”, further ones as well.
scope-manage = Manage
scope-manage-hint = Make new recovery codes, turn off two-factor, end waits and delete subjects.
scope-admin = Administer the realm
scope-admin-hint = Everything that an administrator may do, without a proof; made by an owner, it changes all rules as well. Only for tools that you trust fully.

## Activity of the own account. $actor: account, administrator, application, operator. $method: totp, recovery_code, trusted_device, password, none

event-sign-in-succeeded =
    { $method ->
        [totp] You signed in with a code.
        [recovery_code] You signed in with a recovery code.
        [trusted_device] You signed in with a trusted browser.
        [none] You signed in with your password.
        [enrollment_required] You signed in and were asked to set up two-factor authentication.
       *[other] You signed in.
    }
event-sign-in-failed = Someone tried to sign in with a wrong password.
event-sign-in-challenged = Your password was entered, and a code was asked for.
event-second-factor-accepted =
    { $method ->
        [recovery_code] Your recovery code was accepted.
       *[other] Your code was accepted.
    }
event-second-factor-rejected =
    { $method ->
        [recovery_code] A wrong recovery code was entered.
        [password] A wrong password was entered as proof.
       *[other] A wrong code was entered.
    }
event-second-factor-throttled = After too many wrong entries, nothing was checked for { $wait }.
event-recovery-code-used =
    { $remaining ->
        [0] You used your last recovery code. Make new ones.
        [one] You used a recovery code. { $remaining } is left.
       *[other] You used a recovery code. { $remaining } are left.
    }
event-recovery-codes-issued =
    { $count ->
        [one] You got { $count } new recovery code.
       *[other] You got { $count } new recovery codes.
    }
event-recovery-codes-viewed = You looked at your recovery codes.
event-recovery-code-tested = You tried out a recovery code. It is good, and was not used up.
event-enrollment-started = You began to add an authenticator.
event-two-factor-enabled = You turned on two-factor authentication.
event-two-factor-disabled =
    { $actor ->
        [account] You turned off two-factor authentication.
        [operator] Whoever runs this service turned off two-factor authentication for you.
       *[other] An administrator turned off two-factor authentication for you.
    }
event-authenticator-added = You added an authenticator.
event-authenticator-removed = You removed an authenticator.
event-authenticator-disabled = Your authenticators were disabled after too many wrong codes in a row. Add one again.
event-password-changed =
    { $actor ->
        [account] You changed your password.
        [operator] Whoever runs this service changed your password.
       *[other] An administrator changed your password.
    }
event-password-link-issued = An administrator made a link by which you can set your password.
event-session-ended = { $method ->
    [all] An administrator signed you out everywhere.
   *[other] { $count ->
        [0] You ended a session.
       *[other] You ended all other sessions.
    }
}
event-device-trusted = You chose to trust a browser.
event-device-revoked = { $method ->
    [all] You stopped trusting all browsers.
   *[other] You stopped trusting a browser.
}
event-account-created = Your account was created.
event-account-updated =
    { $change ->
        [role] Your role was changed to: { $role }.
        [disabled] Your account was disabled.
        [enabled] Your account was enabled.
       *[other] Your account was changed.
    }
event-account-deleted = Your account was deleted.
event-account-secured = You shut everybody else out.
event-sign-in-story = { $method ->
    [totp] You signed in with password and code
    [recovery_code] You signed in with password and recovery code
   *[other] Somebody gave your password, and no right code
}{ $wrong ->
    [0] { "" }
    [one] , after one wrong code
   *[other] , after { $wrong } wrong codes
}{ $remembered ->
    [yes] ; the browser is trusted
   *[other] { "" }
}.
event-parts = Step by step
event-account-unlocked = An administrator ended the wait after wrong codes.
event-policy-changed = You changed the policy.
event-realm-appearance-changed = You changed how the pages look or where they lead back to.
event-api-key-created = You created an API key.
event-api-key-revoked = You revoked an API key.
event-key-rotated = A new master key is used.
event-key-retired = A master key was retired. Recovery codes that were made with it have to be made anew.
event-database-restored = The database was restored from a backup: recovery codes from before it have to be made anew.
event-unknown = An event that this version does not know: { $name }

## The same for administrators; $login is the account’s

admin-event-sign-in-succeeded =
    { $method ->
        [totp] { $login } signed in with a code.
        [recovery_code] { $login } signed in with a recovery code.
        [trusted_device] { $login } signed in from a trusted browser.
        [none] { $login } signed in with the password.
        [enrollment_required] { $login } signed in and has to enroll.
       *[other] { $login } signed in.
    }
admin-event-sign-in-failed = A wrong password was entered for { $login }.
admin-event-sign-in-failed-unknown = Someone tried an unknown login.
admin-event-sign-in-challenged = { $login } entered the password and was asked for a code.
admin-event-second-factor-accepted =
    { $method ->
        [recovery_code] A recovery code of { $login } was accepted.
       *[other] A code of { $login } was accepted.
    }
admin-event-second-factor-rejected =
    { $method ->
        [recovery_code] A wrong recovery code was entered for { $login }.
        [password] A wrong password was entered as proof for { $login }.
       *[other] A wrong code was entered for { $login }.
    }
admin-event-second-factor-throttled = { $login } has to wait { $wait } after wrong entries.
admin-event-recovery-code-used = { $login } used a recovery code; left: { $remaining }.
admin-event-recovery-codes-issued = { $login } got new recovery codes: { $count }.
admin-event-recovery-codes-viewed = { $login } looked at the recovery codes.
admin-event-recovery-code-tested = { $login } tried out a recovery code, which is good and was not used up.
admin-event-enrollment-started = An enrollment was begun for { $login }.
admin-event-two-factor-enabled = Two-factor authentication was turned on for { $login }.
admin-event-two-factor-disabled = Two-factor authentication was turned off for { $login }.
admin-event-authenticator-added = An authenticator was added for { $login }.
admin-event-authenticator-removed = An authenticator of { $login } was removed.
admin-event-authenticator-disabled = The authenticators of { $login } were disabled after too many wrong codes in a row.
admin-event-password-changed = The password of { $login } was changed.
admin-event-password-link-issued = A link for the password of { $login } was made.
admin-event-session-ended = { $method ->
    [all] { $login } was signed out everywhere.
   *[other] { $count ->
        [0] A session of { $login } was ended.
       *[other] All other sessions of { $login } were ended.
    }
}
admin-event-device-trusted = { $login } trusts a browser.
admin-event-device-revoked = { $method ->
    [all] { $login } stopped trusting all browsers.
   *[other] { $login } stopped trusting a browser.
}
admin-event-account-created = The account { $login } was created.
admin-event-account-updated =
    { $change ->
        [role] { $login } got the role: { $role }.
        [disabled] The account { $login } was disabled.
        [enabled] The account { $login } was enabled.
       *[other] The account { $login } was changed.
    }
admin-event-account-deleted = The account { $login } was deleted.
admin-event-account-secured = { $login } shut everybody else out.
admin-event-sign-in-story = { $method ->
    [totp] { $login } signed in with password and code
    [recovery_code] { $login } signed in with password and recovery code
   *[other] Somebody gave the password of { $login }, and no right code
}{ $wrong ->
    [0] { "" }
    [one] , after one wrong code
   *[other] , after { $wrong } wrong codes
}{ $remembered ->
    [yes] ; the browser is trusted
   *[other] { "" }
}.
admin-event-account-unlocked = The wait of { $login } was ended.
admin-event-policy-changed = The policy was changed.
admin-event-realm-appearance-changed = How the pages look or where they lead back to was changed.
admin-event-api-key-created = An API key was created.
admin-event-api-key-revoked = An API key was revoked.
admin-event-key-rotated = A new master key is used.
admin-event-key-retired = A master key was retired. Recovery codes that were made with it have to be made anew.
admin-event-database-restored = The database was restored from a backup: codes of the time before are refused, and recovery codes have to be made anew.

## Kinds of events, for the filter

event-kind-sign-in-succeeded = Signed in
event-kind-sign-in-failed = Wrong password
event-kind-sign-in-challenged = Code asked for
event-kind-second-factor-accepted = Code accepted
event-kind-second-factor-rejected = Code refused
event-kind-second-factor-throttled = Had to wait
event-kind-recovery-code-used = Recovery code used
event-kind-recovery-codes-issued = Recovery codes issued
event-kind-recovery-codes-viewed = Recovery codes viewed
event-kind-recovery-code-tested = Recovery code tried out
event-kind-enrollment-started = Enrollment begun
event-kind-two-factor-enabled = Two-factor turned on
event-kind-two-factor-disabled = Two-factor turned off
event-kind-authenticator-added = Authenticator added
event-kind-authenticator-removed = Authenticator removed
event-kind-authenticator-disabled = Authenticators disabled
event-kind-password-changed = Password changed
event-kind-password-link-issued = Link for a password made
event-kind-session-ended = Session ended
event-kind-device-trusted = Browser trusted
event-kind-device-revoked = Browser no longer trusted
event-kind-account-created = Account created
event-kind-account-updated = Account changed
event-kind-account-deleted = Account deleted
event-kind-account-secured = Everybody else shut out
event-kind-account-unlocked = Wait ended
event-kind-policy-changed = Policy changed
event-kind-realm-appearance-changed = Look of the pages changed
event-kind-api-key-created = API key created
event-kind-api-key-revoked = API key revoked
event-kind-key-rotated = Master key rotated
event-kind-key-retired = Master key retired
event-kind-database-restored = Database restored

## Errors: what is wrong and what to do

error-invalid-credentials = Login or password is wrong. Check both and try again.
error-busy = Too much is going on right now. Try again in a few seconds.
error-challenge-expired = That took too long, or there were too many wrong codes. Sign in again.
error-session-ended = Your session has ended. Sign in again.
error-form-expired = This page was open for too long. Please enter your password once more.
error-codes-not-saved = Tick the box once you have saved the codes.
error-code-missing = Enter a code.
error-code-too-new = This code is of something that was added, made or viewed a short while ago: it cannot turn off what was there before yet. Use a code of an older authenticator, or an older recovery code.
error-code-wrong = This code was not accepted. Wait for the next one in your app and type that.
error-sign-in-code-wrong = This code was not accepted. Use the entry “{ $entry }” in your app: wait for its next code and type that.
error-consecutive-codes = Single codes are not checked at present, because too many were wrong. Enter two codes in a row: the one shown now, then the next, separated by a space.
error-enroll-code-wrong = This code was not accepted. Check that the clock of your phone is right, wait for the next code and type that.
error-enroll-clock-ahead = The clock of your phone is { $time } ahead. Let the phone set its date and time by itself, wait for the next code and type that.
error-enroll-clock-behind = The clock of your phone is { $time } behind. Let the phone set its date and time by itself, wait for the next code and type that.
error-recovery-code-wrong = This recovery code was not accepted. Check it for typing errors, or use another one.
error-password-missing = Enter your password.
error-password-wrong = This is not your password. Try again.
error-proof-missing = Enter your password or a code.
error-password-length = Choose a password of 8 to 256 characters.
error-password-unchanged = Choose another one than the one that you were given.
error-password-common = This password is easy to guess. Choose a longer or less usual one.
error-passwords-differ = The two passwords differ. Type the same one twice.
error-login-missing = Enter your email address or user name.
error-login-invalid = This cannot be a login. Use an email address or a name without colons and control characters.
error-login-taken = This login is taken. Choose another one.
error-name-invalid = Use a name of 1 to 100 characters.
error-issuer-invalid = Use a name of 1 to 200 characters without a colon.
error-realm-taken = There is a realm of this name already. Choose another one.
error-realm-slug = Use 1 to 63 of a to z, 0 to 9 and hyphens, with a letter or digit at both ends.
error-realm-preset = Choose one of the presets.
error-appearance-name = Use a name of 1 to 100 characters that can be seen.
error-appearance-accent = Type the color as #rrggbb, such as #0a7d55.
error-appearance-logo = Choose a PNG, SVG or WebP picture of at most 64 KiB.
error-appearance-contact-name = Use a name of 1 to 100 characters that can be seen.
error-appearance-contact-link = Begin with https:// and a page, mailto: and one address, or tel: and a number.
error-appearance-time-zone = Choose a time zone from the list, such as Europe/Berlin.
error-appearance-return-addresses = Line { $number } is no address that users can be sent to. It begins with https:// (http:// only on this machine itself) and has no user name, query or fragment.
error-appearance-return-addresses-many = Use at most 50 addresses.
error-too-many-authenticators = You have as many authenticators as allowed. Remove one first.
error-already-on = Two-factor authentication is on already. Remove the authenticator that you have before you add another one.
error-not-on = Two-factor authentication is off. Turn it on first.
error-replaces-missing = Choose which authenticator goes.
error-replaces-gone = That authenticator is not active any more. Look again which one goes.
error-enrollment-gone = This enrollment has expired or was replaced. Begin again.
error-codes-not-viewable = Your recovery codes cannot be shown again. You can make new ones.
error-reason-missing = Say why, in a few words.
error-several-nobody = Tick the accounts that are meant, or choose all that match.
error-several-too-many = Too many accounts match for which it is so already. Narrow the list by its filters.
error-several-nothing-to-do = There is nothing to do: nobody matches who is not so already.
error-several-changed = Meanwhile it is another number of accounts. Look again, and go on if it is right.
error-scopes-missing = Choose at least one thing that the key may do.
error-expiry-invalid = Choose when the key expires.
error-date-invalid = This is not a date. Use the form 2026-03-31.
error-address-invalid = Enter a whole IP address, such as 203.0.113.7.
error-account-ambiguous = An account and a subject go by this name. Open the one you mean under “Accounts” and choose its events there.
error-actor-ambiguous = Several go by this name. Give the identifier of the one that is meant.
error-policy-value = { $rule }: this value is not allowed. Allowed: { $allowed }.
error-may-not-disable = The policy does not let you turn off two-factor authentication for others.
error-owners-only = Only an owner can do this. Ask one.
error-own-account = Look after your own account under “Security”.
error-last-owner = This is the last owner who can sign in. Make someone else an owner first.

## Notices: what was done

notice-signed-out = You are signed out.
notice-password-changed = Your password is changed. You are signed out everywhere else.
notice-two-factor-on = Two-factor authentication is on.
notice-authenticator-is-on = Your authenticator is confirmed already. There is nothing left to do.
notice-api-key-not-shown = A key is shown until you have copied it, for 15 minutes at most. If you don’t have it, revoke it and make another one.
notice-password-link-not-shown = A link is shown until it is passed on, for 15 minutes at most. If you don’t have it, make another one.
notice-password-set = Your password is set. Sign in with it.
notice-codes-not-shown = Recovery codes are shown until you have saved them, for 15 minutes at most. If you don’t have them, make new ones under “Recovery codes”.
notice-two-factor-off = Two-factor authentication is off.
notice-authenticator-added = The authenticator is added.
notice-authenticator-replaced = The new authenticator is on, and the old one does not work any more. You can delete its entry in the old app.
notice-authenticator-removed = The authenticator is removed.
notice-authenticator-renamed = The authenticator has a new name.
notice-enrollment-cancelled = The enrollment is cancelled.
notice-recovery-code-used =
    { $remaining ->
        [0] That was your last recovery code. Make new ones now.
        [one] You have { $remaining } recovery code left. Make new ones soon.
       *[other] You have { $remaining } recovery codes left.
    }
notice-session-ended = The session is ended.
notice-account-secured = Everybody else is shut out, and your new password holds.
notice-sessions-ended = All other sessions are ended.
notice-device-revoked = The browser is not trusted any more.
notice-devices-revoked = No browser is trusted any more.
notice-account-two-factor-off = Two-factor authentication of { $login } is off. The account is signed out everywhere.
notice-account-unlocked = { $login } can try again.
notice-password-chosen = Your password is changed.
notice-account-requirement = What is required of { $login } is changed.
notice-account-role = The role of { $login } is changed.
notice-account-disabled = { $login } is disabled and signed out everywhere.
notice-account-created = { $login } can sign in now.
notice-account-password = { $login } has a new password.
notice-account-enabled = { $login } can sign in again.
notice-account-deleted = { $login } is deleted.
notice-policy-saved = The policy is changed.
notice-appearance-saved = The appearance is changed. A browser may show the old picture and color for five more minutes.
notice-realm-created = The realm { $realm } is there, and you act in it now. Make its first owner under Accounts.
notice-unchanged = Nothing was changed.
notice-api-key-revoked = “{ $name }” is revoked.

## Pages that only say something

message-forbidden-title = You may not see this
message-forbidden-text = Your account is not allowed to open this page. If you need it, ask an administrator.
message-not-found-title = There is nothing here
message-not-found-text = The page does not exist, or what it was about is gone.
cut-off-title = Sign in again
cut-off-text = Your session has ended. What you typed is kept on this page.
cut-off-sign-in = Sign in in a new tab
cut-off-send = Then send it once more
cut-off-hint = Passwords, codes and files are not kept; you are asked for them again.
message-somebody-else-title = Somebody else is signed in
message-somebody-else-text = This page was made for another account. Someone has signed in as somebody else since, perhaps you in another tab. Nothing was changed.
message-other-realm-title = You act in another realm now
message-other-realm-text = The page was made for another realm than the one you act in now, perhaps in another window. Nothing was changed. Go to the realm that you mean, and do it there.
message-link-realms = Realms
message-form-expired-title = Please do that once more
message-form-expired-text = The page was open for too long, cookies are blocked, or what was sent was too long. Nothing was changed. Go back, reload the page and send it again.
message-too-large-title = That was too much
message-too-large-text = What was sent is longer than this page takes. A picture has 64 KiB at most. Nothing was changed. Go back: what you typed is still there.
message-busy-title = One moment, please
message-busy-text = Too much is going on right now. Try again in a few seconds.
message-unavailable-title = The service cannot answer
message-unavailable-text = Nothing was changed. Try again in a minute. If it goes on, tell whoever runs this service.
message-internal-title = Something went wrong here
message-internal-text = It is our fault, not yours. Try again. If it goes on, tell whoever runs this service.
message-request = Request
message-link-security = Go to security
message-link-again = Try again

## Own account: the same where it is otherwise

password-lead-only = You stay signed in, here and everywhere else.
trusted-devices-none = No browser is trusted.
notice-password-changed-only = Your password is changed.

## Administration: further texts

date-short = { $day } { $month }
preset-difference = { $rule } ({ $key }): now { $now }, then { $then }
error-reason-long = Say it in at most 200 characters.
error-text-unseen = Leave out characters that cannot be seen, such as line ends and marks that change the direction of writing.
error-account-not-on = Two-factor authentication of this account is off already.
error-policy-changed-kept = Someone else has changed the policy meanwhile. What you changed is kept below; everything else is as it is now. Look at it and save it again.
error-policy-above = { $rule }: choose no more than under “{ $other }”.
error-policy-below = { $rule }: choose no less than under “{ $other }”.
error-policy-format = { $rule }: write X for each character, with hyphens or spaces only between them, and at least 10 X (9 where upper and lower case differ). For example XXXX-XXXX-XXXX-XXXX.
