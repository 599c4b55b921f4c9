use std::collections::BTreeMap;

use countersign_tests::{Deployment, Enrolled, Realm, Server, workspace};
use serde_json::{Value, json};

/// What a cell of the table says.
#[derive(Default)]
struct Cell {
    /// Keys of the policy and their values.
    values: Vec<(String, Value)>,
    /// Settings of the policy that are allowed as well.
    settable: Vec<(String, Value)>,
    /// Whether only the command line turns off the two-factor of others.
    command_line_only: bool,
}

/// The keys that the rows are short for.
const SHORT: &[(&str, &str)] = &[
    ("max_per_account", "authenticators.max_per_account"),
    ("count", "recovery_codes.count"),
    ("shown", "recovery_codes.shown"),
    ("viewable", "recovery_codes.viewable"),
    ("after_use", "recovery_codes.after_use"),
    ("on_disable", "recovery_codes.on_disable"),
    ("challenge_ttl", "sign_in.challenge_ttl_seconds"),
    ("trusted_device_days", "sign_in.trusted_device_days"),
    ("enforcement", "enforcement.required_for"),
    ("may_disable_two_factor", "administration.may_disable_two_factor"),
];

/// Reads one cell. `–` stands for what does not apply, and says nothing.
fn read(row: &str, cell: &str) -> Cell {
    let (text, note) = cell.split_once(" (").map_or((cell, ""), |(text, note)| (text, note.trim_end_matches(')')));
    let mut read = Cell::default();
    if text == "–" {
        return read;
    }
    match row {
        "totp" => {
            let words: Vec<&str> = text.split([' ', '/', ',', '±']).filter(|word| !word.is_empty()).collect();
            let [algorithm, digits, period, skew, bytes, "B"] = words[..] else { panic!("{row}: {cell}") };
            let numbers =
                [("digits", digits), ("period_seconds", period), ("skew_steps", skew), ("secret_bytes", bytes)];
            read.values.push(("totp.algorithm".to_owned(), json!(algorithm)));
            read.values.extend(numbers.map(|(key, number)| (format!("totp.{key}"), scalar(number))));
            if let Some(period) = note.strip_suffix(" allowed") {
                read.settable.push(("totp.period_seconds".to_owned(), scalar(period)));
                return read;
            }
        }
        "format" => {
            let (format, alphabet) = text.split_once(' ').unwrap();
            read.values.push(("recovery_codes.format".to_owned(), json!(format.trim_matches('`'))));
            read.values.push(("recovery_codes.alphabet".to_owned(), json!(alphabet)));
        }
        _ => {
            let key = SHORT.iter().find(|(short, _)| *short == row).map_or(row, |(_, key)| key);
            read.values.push((key.to_owned(), scalar(text)));
            if let Some(others) = note.strip_prefix("settable: ") {
                read.settable.extend(others.split(", ").map(|other| (key.to_owned(), scalar(other))));
                return read;
            }
        }
    }
    read.command_line_only = note == "command line only";
    assert!(note.is_empty() || read.command_line_only, "{row}: the note of {cell:?} is not understood");
    read
}

/// A number or truth value where it is one, else the text.
fn scalar(text: &str) -> Value {
    serde_json::from_str(text).ok().filter(|value: &Value| !value.is_string()).unwrap_or_else(|| json!(text))
}

/// The cells of the table by preset, each with its row's name.
fn table() -> BTreeMap<String, Vec<(String, Cell)>> {
    let markdown = workspace::read("tests/systems/presets.md");
    let mut lines = markdown.lines().map(|line| {
        let cells = line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
        cells.collect::<Vec<String>>()
    });
    let presets = lines.next().unwrap();
    let mut table: BTreeMap<String, Vec<(String, Cell)>> = BTreeMap::new();
    for row in lines.skip(1) {
        assert_eq!(row.len(), presets.len(), "{row:?}");
        for (preset, cell) in presets.iter().zip(&row).skip(1) {
            table.entry(preset.clone()).or_default().push((row[0].clone(), read(&row[0], cell)));
        }
    }
    table
}

fn in_policy<'a>(realm: &'a Value, key: &str) -> &'a Value {
    let found = realm["policy"].pointer(&format!("/{}", key.replace('.', "/")));
    found.unwrap_or_else(|| panic!("there is no key {key}: {realm}"))
}

#[test]
fn every_preset_is_what_its_table_says() {
    let server = Server::start();
    let deployment = server.deployment();
    let table = table();
    assert_eq!(table.len(), 6);
    let mut checked = 0;
    for (preset, cells) in &table {
        assert_eq!(cells.len(), 16, "{preset}");
        let realm = Realm::create(deployment, preset);
        let shown = realm.show(deployment);
        for (key, value) in cells.iter().flat_map(|(_, cell)| &cell.values) {
            assert_eq!(in_policy(&shown, key), value, "{key} of {preset}");
            checked += 1;
        }
        for (key, value) in cells.iter().flat_map(|(_, cell)| &cell.settable) {
            let value_text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            realm.set_policy(deployment, &[&format!("{key}={value_text}")]).expect(0);
            assert_eq!(in_policy(&realm.show(deployment), key), value, "{key} of {preset}");
            checked += 1;
        }
        if cells.iter().any(|(_, cell)| cell.command_line_only) {
            the_command_line_disables_two_factor(&server, deployment, preset);
        }
    }
    // 21 values a preset, of which 6 do not apply to Docspell, and three that can be set otherwise.
    assert_eq!(checked, 6 * 21 - 6 + 3);
}

fn the_command_line_disables_two_factor(server: &Server, deployment: &Deployment, preset: &str) {
    let realm = Realm::create(deployment, preset);
    let kim = Enrolled::create_in(deployment, &server.client(), &realm);
    deployment.run(&["account", "disable-2fa", &kim.account.login, "--realm", &realm.slug, "--yes"]).expect(0);
    kim.account.session(&server.client());
}
