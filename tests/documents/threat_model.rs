use crate::promises::broken_promises;

#[test]
fn every_test_that_the_threat_model_names_exists_where_it_says() {
    let wrong = broken_promises("docs/threat-model.md", 41);
    assert!(wrong.is_empty(), "docs/threat-model.md:\n{}", wrong.join("\n"));
}
