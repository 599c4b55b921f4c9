use crate::promises::broken_promises;

#[test]
fn every_step_of_the_documented_systems_is_in_the_test_that_is_named() {
    let wrong = broken_promises("docs/systems.md", 40);
    assert!(wrong.is_empty(), "docs/systems.md:\n{}", wrong.join("\n"));
}
