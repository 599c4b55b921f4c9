use countersign_tests::browser::Jar;
use countersign_tests::{Account, Server, unique};

use crate::without_browser::signed_in;

/// How a spreadsheet knows a formula.
const FORMULA: [char; 4] = ['=', '+', '-', '@'];

/// Signs in in vain, as a client that gives itself this name and with this login.
fn fail(server: &Server, client: &str, login: &str) {
    let mut jar = Jar::of(server).with_header("User-Agent", client);
    jar.get("/sign-in");
    assert_eq!(jar.post("/sign-in", &[("login", login), ("password", "not the password")]).status, 422);
}

fn exported(server: &Server) -> String {
    let lee = Account::named(server.deployment(), "default", &unique::login(), "owner");
    let answer = signed_in(server, &lee).get("/admin/audit-events/export?format=csv");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text()
}

/// The cells of a file, read as RFC 4180 says.
fn cells(file: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut characters = file.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cells.last_mut().unwrap().push('"');
            }
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(character),
        }
    }
    cells
}

#[test]
fn a_client_that_calls_itself_a_formula_is_text_in_an_export() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    let formula = "cmd|'/C calc'!A0";
    let names: Vec<String> =
        FORMULA.iter().flat_map(|sign| [format!("{sign}{formula}"), format!("x;{sign}{formula}")]).collect();
    for name in &names {
        fail(&server, name, &kim.login);
    }
    let file = exported(&server);
    assert!(file.starts_with("\u{feff}id,at,event,"), "a spreadsheet takes it for UTF-8: {file}");
    let found = cells(&file);
    for name in &names {
        let text = name.trim_start_matches("x;");
        let is_it = |cell: &&String| cell.contains(text) && cell.starts_with("x;") == name.starts_with("x;");
        assert!(found.iter().any(|cell| is_it(&cell)), "{name} is in {file}");
    }
    // Whoever reads it as it is meant meets no formula, at the beginning of a cell or behind a semicolon in one.
    for cell in &found {
        assert!(!cell.split(';').any(|part| part.starts_with(FORMULA)), "{cell}");
    }
    // What holds a semicolon is quoted.
    for line in file.lines().filter(|line| line.contains(';')) {
        assert!(line.contains(",\"x;"), "{line}");
    }
}

#[test]
fn a_client_that_calls_itself_a_formula_is_text_where_semicolons_part_cells() {
    let server = Server::start();
    let kim = Account::create(server.deployment());
    for name in
        ["x;=1+1", "x;\"=1+1", "x;\"\"=1+1;y", "x;\t=1+1", ";=1+1", ";;@SUM(A1)", "=1+1;-1;+1;@A1", "x;\"=1\";y"]
    {
        fail(&server, name, &kim.login);
    }
    // Half of the world's spreadsheets look for semicolons, and take a quote only at the beginning of a cell for one.
    for line in exported(&server).lines() {
        for cell in line.split(';').map(|cell| cell.trim_start_matches(['"', '\t'])) {
            assert!(!cell.starts_with(FORMULA), "{cell:?} in {line}");
        }
    }
}
