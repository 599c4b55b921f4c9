use serde_json::{Value, json};

use crate::staff::{Staff, account_path, id_of};

fn show(staff: &Staff) -> Value {
    staff.admin.get("/v1/admin/statistics").expect(200)
}

#[test]
fn statistics_count_accounts_codes_and_who_should_have_enrolled() {
    let staff = Staff::new();
    let client = staff.client();
    let empty = show(&staff);
    assert_eq!((&empty["accounts"], &empty["enabled"], &empty["pending"]), (&json!(3), &json!(0), &json!(0)));
    assert_eq!(empty["required_but_missing"], 0);

    let mut kim = staff.enrolled();
    let pending = staff.account("member");
    pending.begin(&pending.session(&client));
    let before = show(&staff);
    let codes = |shown: &Value, field: &str| -> u64 {
        shown["codes_by_day"].as_array().unwrap().iter().map(|day| day[field].as_u64().unwrap()).sum()
    };
    let drift = |shown: &Value| -> u64 {
        shown["clock_drift"].as_array().unwrap().iter().map(|steps| steps["count"].as_u64().unwrap()).sum()
    };
    kim.sign_in(&client);
    let wrong = kim.authenticator.wrong_code();
    kim.sign_in_with(&client, &wrong).expect(422);
    let after = show(&staff);
    assert_eq!((&after["accounts"], &after["enabled"], &after["pending"]), (&json!(5), &json!(1), &json!(1)));
    assert_eq!(codes(&after, "accepted"), codes(&before, "accepted") + 1);
    assert_eq!(codes(&after, "rejected"), codes(&before, "rejected") + 1);
    assert_eq!(drift(&after), drift(&before) + 1);
    let steps: Vec<i64> =
        after["clock_drift"].as_array().unwrap().iter().map(|steps| steps["steps"].as_i64().unwrap()).collect();
    assert!(steps.iter().all(|steps| (-2..=2).contains(steps)), "{steps:?}");

    // Whoever lacks what is required administers nothing, so it is a key that looks.
    let key = staff.realm.api_key(staff.deployment(), &["admin"]).client(&client);
    // Required of owner and administrator; then of the members without a second factor as well.
    for (required_for, missing) in [("admins", 2), ("everyone", 4), ("nobody", 0)] {
        let setting = format!("enforcement.required_for={required_for}");
        staff.realm.set_policy(staff.deployment(), &[&setting]).expect(0);
        let shown = key.get("/v1/admin/statistics").expect(200);
        assert_eq!(shown["required_but_missing"], missing, "{required_for}");
    }
    // Who is disabled is not counted.
    staff.admin.patch(&account_path(&id_of(&kim.session), ""), json!({ "disabled": true })).expect(200);
    let shown = show(&staff);
    assert_eq!((&shown["accounts"], &shown["enabled"]), (&json!(4), &json!(0)));
}
