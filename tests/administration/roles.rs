use countersign_tests::{openapi, unique};
use serde_json::json;

use crate::staff::{ACCOUNTS, Staff, account_path, id_of};

#[test]
fn a_member_and_a_key_of_another_scope_administer_nothing() {
    let staff = Staff::new();
    let key = staff.key(&["verify", "enroll", "manage"]);
    let mut tried = 0;
    for operation in openapi::operations(&staff.client()).iter().filter(|it| it.bearer == "administrator") {
        for client in [&staff.member, &key] {
            let body = operation.well_formed("nonsense");
            let answer = client.send(&operation.method, &operation.path_of_nothing(), body.as_ref());
            assert_eq!((answer.status, answer.code()), (403, "forbidden"), "{}: {}", operation.id, answer.text());
        }
        tried += 1;
    }
    assert!(tried >= 14, "{tried} operations are for administrators");
    assert!(staff.owner.get("/v1/admin/api-keys").expect(200)["items"].as_array().unwrap().len() == 1);
}

#[test]
fn an_administrator_neither_acts_on_an_owner_nor_makes_one() {
    let staff = Staff::new();
    let owner = id_of(&staff.owner);
    let member = id_of(&staff.member);
    let second = staff.account("owner").enroll(&staff.client());
    let second_id = id_of(&second.session);
    // A key is no owner either.
    for client in [&staff.admin, &staff.key(&["admin"])] {
        for id in [&owner, &second_id] {
            for change in
                [json!({ "role": "member" }), json!({ "password": unique::password() }), json!({ "disabled": true })]
            {
                client.patch(&account_path(id, ""), change).expect_problem(403, "forbidden");
            }
            client.delete(&account_path(id, "")).expect_problem(403, "forbidden");
            client.post(&account_path(id, "two-factor/disable"), json!({})).expect_problem(403, "forbidden");
            client.post(&account_path(id, "unlock"), json!({})).expect_problem(403, "forbidden");
        }
        let body = json!({ "login": unique::login(), "password": unique::password(), "role": "owner" });
        client.post(ACCOUNTS, body).expect_problem(403, "forbidden");
        client.patch(&account_path(&member, ""), json!({ "role": "owner" })).expect_problem(403, "forbidden");
    }
    let itself = account_path(&id_of(&staff.admin), "");
    staff.admin.patch(&itself, json!({ "role": "owner" })).expect_problem(403, "forbidden");
    assert!(staff.owner.is_signed_in() && second.session.is_signed_in());
    second.challenge(&staff.client());
}

#[test]
fn an_owner_acts_on_owners_and_makes_them() {
    let staff = Staff::new();
    let body = json!({ "login": unique::login(), "password": unique::password(), "role": "owner" });
    assert_eq!(staff.owner.post(ACCOUNTS, body).expect(201)["role"], "owner");
    let member = account_path(&id_of(&staff.member), "");
    assert_eq!(staff.owner.patch(&member, json!({ "role": "owner" })).expect(200)["role"], "owner");
    // Of the next request on.
    staff.member.get("/v1/admin/realm").expect(200);
    let other = staff.account("owner").enroll(&staff.client());
    let id = id_of(&other.session);
    staff.owner.post(&account_path(&id, "two-factor/disable"), json!({})).expect(200);
    staff.owner.post(&account_path(&id, "unlock"), json!({})).expect(204);
    assert_eq!(staff.owner.patch(&account_path(&id, ""), json!({ "role": "member" })).expect(200)["role"], "member");
    staff.owner.delete(&account_path(&id, "")).expect(204);
}

#[test]
fn a_role_that_was_taken_away_opens_nothing_from_the_next_request_on() {
    let staff = Staff::new();
    staff.admin.get("/v1/admin/realm").expect(200);
    staff.owner.patch(&account_path(&id_of(&staff.admin), ""), json!({ "role": "member" })).expect(200);
    staff.admin.get("/v1/admin/realm").expect_problem(403, "forbidden");
}

#[test]
fn who_may_turn_off_the_second_factor_of_others_is_the_policys() {
    let staff = Staff::new();
    for (may, admin_may, owner_may) in [("nobody", false, false), ("owners", false, true), ("admins", true, true)] {
        let setting = format!("administration.may_disable_two_factor={may}");
        staff.realm.set_policy(staff.deployment(), &[&setting]).expect(0);
        for (client, allowed) in [(&staff.admin, admin_may), (&staff.owner, owner_may)] {
            let kim = staff.enrolled();
            let answer = client.post(&account_path(&id_of(&kim.session), "two-factor/disable"), json!({}));
            if allowed {
                answer.expect(200);
                kim.account.session(&staff.client());
            } else {
                answer.expect_problem(403, "forbidden");
                kim.challenge(&staff.client());
            }
        }
    }
}
