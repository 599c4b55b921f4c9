use countersign_tests::{binary::binary, readme, workspace};

#[test]
fn every_command_of_the_readme_works_in_its_order() {
    let readme = workspace::read("README.md");
    assert!(!readme::commands(&readme).is_empty(), "the README has blocks that are fenced as `sh`");
    let ran = readme::run(&readme, binary());
    assert!(ran.success, "the README's commands failed:\n{}", ran.transcript);
}
