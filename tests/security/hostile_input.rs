use std::collections::BTreeMap;

use countersign_tests::openapi::{Operation, operations};
use countersign_tests::raw::RawRequest;
use countersign_tests::{Account, Answer, Client, Server, unique};
use serde_json::{Value, json};

const JSON: Option<&str> = Some("application/json");

/// The Arabic-Indic digits of 123456.
const OTHER_DIGITS: &str = "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}";

/// A server, someone's session, and a value that no answer may repeat.
struct Bench {
    server: Server,
    session: Client,
    marker: String,
}

impl Bench {
    fn new() -> Self {
        let server = Server::start();
        let session = Account::create(server.deployment()).session(&server.client());
        Self { server, session, marker: format!("marker{}", unique::word()) }
    }

    /// All operations that take a body.
    fn with_body(&self) -> Vec<Operation> {
        let all = operations(&self.server.client());
        let with_body: Vec<Operation> = all.into_iter().filter(|operation| operation.body.is_some()).collect();
        let expected = ["POST", "PUT", "PATCH"];
        assert!(expected.iter().all(|method| with_body.iter().any(|operation| operation.method == *method)));
        with_body
    }

    fn request(&self, operation: &Operation) -> RawRequest {
        RawRequest::new(&operation.method, &operation.path_of_nothing())
            .header("Authorization", &format!("Bearer {}", self.session.token()))
    }

    fn send(&self, operation: &Operation, body: impl Into<Vec<u8>>) -> Answer {
        self.request(operation).body(JSON, body).send(self.server.address())
    }

    /// Refused as a problem that repeats nothing.
    #[track_caller]
    fn refused(&self, answer: &Answer, what: &str) {
        assert!((400..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
        answer.check_problem();
        let headers = format!("{:?}", answer.headers);
        for value in [self.marker.as_str(), OTHER_DIGITS] {
            assert!(!answer.text().contains(value), "{what}: the answer repeats what was sent: {}", answer.text());
            assert!(!headers.contains(value), "{what}: a header repeats what was sent: {headers}");
        }
    }

    /// Refused as malformed.
    #[track_caller]
    fn malformed(&self, answer: &Answer, what: &str) {
        self.refused(answer, what);
        assert_eq!((answer.status, answer.code()), (400, "invalid_request"), "{what}: {}", answer.text());
    }

    /// The server lives, the session stands, and nothing panicked.
    fn finish(self) {
        self.server.client().get("/health/ready").expect(200);
        assert!(self.session.is_signed_in());
        let (_, log) = self.server.stop();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!log.contains(&self.marker), "the log repeats what was sent");
    }
}

/// Each field of each body, replaced by each value that `values` answers for it.
fn each_field(
    operation: &Operation,
    marker: &str,
    mut visit: impl FnMut(&str, &Value, &mut dyn FnMut(Value) -> String),
) {
    for (field, schema) in operation.fields() {
        let mut body = |value: Value| {
            let mut body = operation.well_formed(marker).unwrap();
            body[&field] = value;
            body.to_string()
        };
        visit(&field, &schema, &mut body);
    }
}

#[test]
fn a_value_of_the_wrong_type_is_refused_by_name_and_not_repeated() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        each_field(&operation, &bench.marker, |field, schema, body| {
            // What is any value by its form is judged by what it means, and not for a member.
            let Some(kind) = schema["type"].as_str() else { return };
            let mut values =
                vec![json!([bench.marker]), json!({ bench.marker.as_str(): bench.marker }), json!(9_473_651.5)];
            match kind {
                "string" => values.extend([json!(9_473_651), json!(true), json!(-1), json!([]), json!({})]),
                // Nothing in it is of the right form as well.
                "object" => values = vec![json!([bench.marker]), json!(bench.marker), json!(9_473_651), json!([])],
                // An empty list is of the right form; what it means is judged later.
                "array" => {
                    // A list of any texts is of the right form, too.
                    if schema["items"]["enum"].is_null() {
                        values.remove(0);
                    }
                    values.extend([json!(bench.marker), json!(""), json!(9_473_651), json!([9_473_651]), json!({})]);
                }
                // A whole number is of the right form.
                "integer" => values.extend([json!(bench.marker), json!(""), json!(true), json!([]), json!({})]),
                _ => values.extend([json!(bench.marker), json!(""), json!(9_473_651), json!([]), json!({})]),
            }
            for value in values {
                let answer = bench.send(&operation, body(value.clone()));
                let what = format!("{}: {field} = {value}", operation.id);
                bench.malformed(&answer, &what);
                assert!(!answer.text().contains("9473651"), "{what}: {}", answer.text());
                let named = answer.body["errors"].as_array().unwrap().iter().any(|error| error["field"] == field);
                assert!(named, "{what}: {}", answer.text());
            }
        });
    }
    bench.finish();
}

#[test]
fn null_and_missing_fields_admit_nobody() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        let required: Vec<Value> = operation.body.as_ref().unwrap()["required"].as_array().cloned().unwrap_or_default();
        each_field(&operation, &bench.marker, |field, _, body| {
            let null = bench.send(&operation, body(Value::Null));
            let mut without: Value = serde_json::from_str(&body(Value::Null)).unwrap();
            without.as_object_mut().unwrap().remove(field);
            let missing = bench.send(&operation, without.to_string());
            for answer in [null, missing] {
                let what = format!("{}: no {field}", operation.id);
                bench.refused(&answer, &what);
                if required.contains(&json!(field)) {
                    bench.malformed(&answer, &what);
                }
            }
        });
        for body in ["{}", ""] {
            bench.refused(&bench.send(&operation, body), &format!("{}: {body:?}", operation.id));
        }
    }
    bench.finish();
}

#[test]
fn texts_that_are_empty_or_too_long_are_refused() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        each_field(&operation, &bench.marker, |field, schema, body| {
            if schema["type"] != "string" || schema["enum"].is_array() {
                return;
            }
            let longest =
                schema["maxLength"].as_u64().unwrap_or_else(|| panic!("{}: {field} has a limit", operation.id));
            let too_long = bench.marker.repeat(longest as usize / bench.marker.len() + 1);
            for text in [String::new(), too_long, bench.marker.repeat(100_000 / bench.marker.len())] {
                let what = format!("{}: {field} of {} characters", operation.id, text.len());
                bench.malformed(&bench.send(&operation, body(json!(text))), &what);
            }
        });
    }
    bench.finish();
}

#[test]
fn strange_texts_are_no_codes() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        each_field(&operation, &bench.marker, |field, schema, body| {
            if schema["type"] != "string" {
                return;
            }
            let strange =
                [OTHER_DIGITS, " ", "-", "------", "\u{0}", "123\u{0}456", "１２３４５６", "1e5", "+12345", "0x1F4A"];
            for text in strange {
                let answer = bench.send(&operation, body(json!(text)));
                bench.refused(&answer, &format!("{}: {field} = {text:?}", operation.id));
            }
        });
    }
    bench.finish();
}

/// How long a body of an operation may be.
fn longest(operation: &Operation) -> usize {
    let takes_a_picture = operation.id == "update_realm_appearance";
    if takes_a_picture { 128 * 1024 } else { 64 * 1024 }
}

#[test]
fn bodies_that_are_not_what_they_should_be_are_refused() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        let marker = &bench.marker;
        let well_formed = operation.well_formed(marker).unwrap();
        let mut unknown = well_formed.clone();
        unknown[marker.as_str()] = json!(marker);
        let text = well_formed.to_string();
        let mut invalid = text.replace(marker, &format!("{marker}\u{1}")).into_bytes();
        invalid.iter_mut().filter(|byte| **byte == 1).for_each(|byte| *byte = 0xff);
        let nested = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000)).into_bytes();
        let bodies: BTreeMap<&str, Vec<u8>> = BTreeMap::from([
            ("an unknown field", unknown.to_string().into_bytes()),
            ("invalid UTF-8", invalid),
            ("half a body", text.as_bytes()[..text.len() - 2].to_vec()),
            ("two bodies", format!("{text}{text}").into_bytes()),
            ("no JSON", marker.clone().into_bytes()),
            ("a text", json!(marker).to_string().into_bytes()),
            ("a number", b"9473651".to_vec()),
            ("null", b"null".to_vec()),
            ("a list", json!([well_formed]).to_string().into_bytes()),
            ("nested lists", nested("[", "]")),
            ("nested objects", nested("{\"a\":", "}")),
            ("a lone surrogate", text.replace(marker, "\\ud800").into_bytes()),
            ("more than it takes", format!("{text}{}", " ".repeat(longest(&operation))).into_bytes()),
            ("a megabyte", format!("{text}{}", " ".repeat(1024 * 1024)).into_bytes()),
        ]);
        for (what, body) in bodies {
            bench.malformed(&bench.send(&operation, body), &format!("{}: {what}", operation.id));
        }
        // Which of two equal keys counts is not said; neither is right here.
        let twice = text.replacen('{', &format!("{{\"{}\":\"{marker}\",", operation.fields()[0].0), 1);
        bench.refused(&bench.send(&operation, twice), &format!("{}: duplicate keys", operation.id));
    }
    bench.finish();
}

#[test]
fn bodies_without_their_media_type_or_length_are_refused() {
    let bench = Bench::new();
    for operation in bench.with_body() {
        let text = operation.well_formed(&bench.marker).unwrap().to_string();
        for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("nonsense")] {
            let answer = bench.request(&operation).body(content_type, text.clone()).send(bench.server.address());
            bench.malformed(&answer, &format!("{}: {content_type:?}", operation.id));
        }
        let chunked = |body: &str| bench.request(&operation).chunked(body.as_bytes()).send(bench.server.address());
        bench.refused(&chunked(&text), &format!("{}: in chunks", operation.id));
        let long = format!("{text}{}", " ".repeat(longest(&operation)));
        bench.malformed(&chunked(&long), &format!("{}: more than it takes in chunks", operation.id));
        bench.malformed(&chunked("nonsense"), &format!("{}: nonsense in chunks", operation.id));
    }
    bench.finish();
}

#[test]
fn a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has() {
    let bench = Bench::new();
    let operations = operations(&bench.server.client());
    for operation in &operations {
        let allowed: Vec<&str> =
            operations.iter().filter(|other| other.path == operation.path).map(|other| &*other.method).collect();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "MARKER"] {
            if allowed.contains(&method) {
                continue;
            }
            let request = RawRequest::new(method, &operation.path_of_nothing())
                .header("Authorization", &format!("Bearer {}", bench.session.token()))
                .body(JSON, json!({ "code": bench.marker }).to_string());
            let answer = request.send(bench.server.address());
            bench.refused(&answer, &format!("{method} {}", operation.path));
            assert_eq!((answer.status, answer.code()), (405, "method_not_allowed"), "{method} {}", operation.path);
            let named = answer.header("allow").split(", ").collect::<Vec<_>>();
            assert!(allowed.iter().all(|method| named.contains(method)), "{named:?}");
        }
    }
    bench.finish();
}

#[test]
fn strange_paths_and_parameters_are_refused_and_not_repeated() {
    let bench = Bench::new();
    let long = bench.marker.repeat(200);
    for operation in operations(&bench.server.client()) {
        let body = operation.well_formed(&bench.marker);
        if operation.path.contains('{') {
            for id in [bench.marker.as_str(), "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", &long, "%F0%9F%92%A3"] {
                let request = RawRequest::new(&operation.method, &operation.path_with(id))
                    .header("Authorization", &format!("Bearer {}", bench.session.token()))
                    .body(JSON, body.as_ref().map(ToString::to_string).unwrap_or_default());
                bench.refused(&request.send(bench.server.address()), &format!("{} {id}", operation.id));
            }
        }
    }
    let marker = &bench.marker;
    for query in [format!("limit={marker}"), format!("cursor={marker}"), "limit=-1".into(), "cursor=%ff".into()] {
        for list in ["sessions", "trusted-devices", "activity"] {
            let answer = bench.session.get(&format!("/v1/account/{list}?{query}"));
            bench.malformed(&answer, &query);
        }
    }
    for path in [format!("/{marker}"), format!("/v1/{marker}"), format!("/v1/account/{marker}?{marker}={marker}")] {
        let answer = bench.session.get(&path);
        bench.refused(&answer, &path);
        answer.expect_problem(404, "not_found");
    }
    bench.finish();
}

#[test]
fn an_operation_without_a_body_ignores_what_is_sent() {
    let bench = Bench::new();
    let token = bench.server.client();
    let without: Vec<Operation> = operations(&token)
        .into_iter()
        .filter(|operation| operation.body.is_none() && operation.method == "POST")
        .collect();
    let ids: Vec<_> = without.iter().map(|operation| &*operation.id).collect();
    assert_eq!(ids, ["unlock_account", "sign_out", "regenerate_subject_recovery_codes", "unlock_subject"]);
    for operation in &without {
        for body in ["nonsense".to_owned(), "[".repeat(30_000), " ".repeat(100_000)] {
            let answer = RawRequest::new("POST", &operation.path_of_nothing())
                .header("Authorization", &format!("Bearer {}", bench.marker))
                .body(JSON, body)
                .send(bench.server.address());
            bench.refused(&answer, &operation.id);
            assert_eq!(answer.status, 401, "{}", operation.id);
        }
    }
    bench.finish();
}
