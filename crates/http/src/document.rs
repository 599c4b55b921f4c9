//! The API document: what poem-openapi generates, made exact and complete once, then served, printed and committed.

use countersign_application::IdempotencyKey;
use poem_openapi::registry::Registry;
use poem_openapi::types::Type;
use serde_json::{Map, Value, json};

use crate::idempotency;
use crate::problem::ProblemBody;
use crate::problem::ProblemCode::{self, *};
use crate::resources;

/// Which problems each operation can answer with, beside those that its form brings: `invalid_request` where there is a
/// body or a parameter, `unauthenticated` where it needs a session, and what any may meet.
const PROBLEMS: &[(&str, &[ProblemCode])] = &[
    ("sign_in", &[InvalidCredentials, TooManyAttempts]),
    ("verify_second_factor", &[InvalidChallenge, InvalidCode, TooManyAttempts]),
    ("sign_out", &[]),
    ("show_account", &[]),
    ("change_password", &[InvalidProof, InvalidCode, PolicyViolation, TooManyAttempts]),
    ("show_two_factor", &[]),
    ("disable_two_factor", &[InvalidProof, InvalidCode, TwoFactorNotEnabled, TooManyAttempts]),
    (
        "begin_enrollment",
        &[InvalidProof, InvalidCode, PolicyViolation, TwoFactorAlreadyEnabled, TooManyAuthenticators, TooManyAttempts],
    ),
    ("show_enrollment_qr", &[NotFound]),
    ("confirm_enrollment", &[InvalidProof, InvalidCode, NoPendingEnrollment, TooManyAuthenticators, TooManyAttempts]),
    ("rename_authenticator", &[NotFound]),
    ("remove_authenticator", &[NotFound, InvalidProof, InvalidCode, TooManyAttempts]),
    (
        "view_recovery_codes",
        &[InvalidProof, InvalidCode, TwoFactorNotEnabled, RecoveryCodesNotViewable, TooManyAttempts],
    ),
    ("regenerate_recovery_codes", &[InvalidProof, InvalidCode, TwoFactorNotEnabled, PolicyViolation, TooManyAttempts]),
    ("show_subject_two_factor", &[]),
    ("begin_subject_enrollment", &[PolicyViolation, TwoFactorAlreadyEnabled, TooManyAuthenticators]),
    ("confirm_subject_enrollment", &[InvalidCode, NoPendingEnrollment, TooManyAuthenticators, TooManyAttempts]),
    ("verify_subject", &[InvalidCode, TwoFactorNotEnabled, TooManyAttempts]),
    ("regenerate_subject_recovery_codes", &[TwoFactorNotEnabled, PolicyViolation]),
    ("disable_subject_two_factor", &[TwoFactorNotEnabled]),
    ("unlock_subject", &[]),
    ("delete_subject", &[]),
    ("list_accounts", &[]),
    ("create_account", &[InvalidProof, InvalidCode, LoginTaken, PolicyViolation, TooManyAttempts]),
    ("load_account", &[NotFound]),
    ("update_account", &[NotFound, InvalidProof, InvalidCode, LastOwner, LoginTaken, PolicyViolation, TooManyAttempts]),
    ("delete_account", DELETES_ACCOUNTS),
    ("post_delete_account", DELETES_ACCOUNTS),
    ("reset_two_factor", &[NotFound, InvalidProof, InvalidCode, TwoFactorNotEnabled, TooManyAttempts]),
    ("unlock_account", &[NotFound]),
    ("show_realm", &[]),
    ("update_realm", &[InvalidProof, InvalidCode, PolicyViolation, TooManyAttempts]),
    ("list_audit_events", &[]),
    ("show_statistics", &[]),
    ("list_api_keys", &[]),
    ("create_api_key", &[InvalidProof, InvalidCode, TooManyAttempts]),
    ("revoke_api_key", REVOKES_KEYS),
    ("post_revoke_api_key", REVOKES_KEYS),
    ("list_activity", &[]),
    ("list_sessions", &[]),
    ("end_session", &[NotFound]),
    ("list_trusted_devices", &[]),
    ("revoke_trusted_device", &[NotFound]),
];

const DELETES_ACCOUNTS: &[ProblemCode] = &[NotFound, InvalidProof, InvalidCode, LastOwner, TooManyAttempts];

const REVOKES_KEYS: &[ProblemCode] = &[NotFound, InvalidProof, InvalidCode, TooManyAttempts];

/// Operations that answer without touching anything that can fail.
const CANNOT_FAIL: &[&str] = &["check_liveness", "check_readiness"];

/// What a session that may only enroll can always do.
const LOOKS_ONLY: &[&str] = &["show_account", "show_two_factor", "sign_out"];

/// Variants of unions: in the document they are part of [`flatten_unions`]' results.
const UNION_PARTS: &[&str] = &["SignedIn", "SecondFactorRequired", "EnrollmentRequired", "PasswordChangeRequired"];

/// Where the document says what an idempotency key is.
const IDEMPOTENCY_KEY: &str = "#/components/parameters/IdempotencyKey";

/// Methods that change something (RFC 9110, section 9.2.1, says which do not).
const CHANGING: [&str; 4] = ["put", "post", "delete", "patch"];

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The finished document.
pub(crate) struct Document {
    value: Value,
    /// The reference page with the document as it was generated.
    raw_html: String,
    raw: String,
}

impl Document {
    pub(crate) fn generate() -> Self {
        let api = resources::api();
        let raw = api.spec();
        let mut value: Value = serde_json::from_str(&raw).unwrap_or_default();
        strip_charset(&mut value);
        collapse_all_of(&mut value);
        flatten_unions(&mut value);
        add_problem_schemas(&mut value);
        close_and_mark_schemas(&mut value);
        document_idempotency(&mut value);
        for_each_operation(&mut value, document_problems);
        make_bodies_of_delete_optional(&mut value);
        add_examples(&mut value);
        Self { value, raw_html: api.swagger_ui_html(), raw }
    }

    pub(crate) fn to_pretty_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&self.value).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The reference page, with the finished document in it. `</` cannot end the script that holds it.
    pub(crate) fn to_reference_html(&self) -> String {
        let inline = self.value.to_string().replace("</", "<\\/");
        self.raw_html.replace(&self.raw, &inline).replace("<title>Swagger UI</title>", "<title>Countersign API</title>")
    }

    /// Which methods each path has.
    pub(crate) fn methods(&self) -> Methods {
        let paths = self.value["paths"].as_object().into_iter().flatten();
        let documented = paths.map(|(path, item)| {
            let methods = METHODS.iter().filter(|method| item.get(**method).is_some());
            let allowed: Vec<String> = methods.map(|method| method.to_uppercase()).collect();
            (path.split('/').map(str::to_owned).collect(), allowed.join(", "))
        });
        Methods(documented.collect())
    }
}

/// Which methods each path has, for the header `Allow` (RFC 9110, section 15.5.6).
pub(crate) struct Methods(Vec<(Vec<String>, String)>);

impl Methods {
    pub(crate) fn allowed(&self, path: &str) -> &str {
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == segments.len()
                && pattern
                    .iter()
                    .zip(&segments)
                    .all(|(pattern, segment)| pattern.starts_with('{') || pattern == segment)
        };
        self.0.iter().find(|(pattern, _)| fits(pattern)).map_or("GET", |(_, allowed)| allowed)
    }
}

fn visit(value: &mut Value, f: &mut dyn FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            f(map);
            map.values_mut().for_each(|value| visit(value, f));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| visit(value, f)),
        _ => {}
    }
}

/// JSON has no charset parameter (RFC 8259, section 11), and generators take the whole text for the media type.
fn strip_charset(document: &mut Value) {
    visit(document, &mut |map| {
        if let Some(content) = map.get_mut("content").and_then(Value::as_object_mut) {
            for media_type in ["application/json", "text/plain"] {
                if let Some(schema) = content.remove(&format!("{media_type}; charset=utf-8")) {
                    content.insert(media_type.to_owned(), schema);
                }
            }
        }
    });
}

/// A reference with a description becomes a plain reference: generators drop the schema otherwise.
fn collapse_all_of(document: &mut Value) {
    visit(document, &mut |map| {
        let reference = match map.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([first, rest @ ..]) if rest.iter().all(|other| other.get("$ref").is_none()) => {
                first.get("$ref").cloned()
            }
            _ => None,
        };
        if let Some(reference) = reference {
            map.clear();
            map.insert("$ref".to_owned(), reference);
        }
    });
}

/// A variant of a union is one object with its discriminator among its fields: generators, and validators of closed
/// objects, cannot put it together from parts.
fn flatten_unions(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    let parts = schemas.clone();
    for schema in schemas.values_mut() {
        let Some(schema) = schema.as_object_mut() else { continue };
        if let Some(variants) = schema.remove("anyOf") {
            schema.remove("type");
            schema.insert("oneOf".to_owned(), variants);
        }
        let Some(Value::Array(all_of)) = schema.remove("allOf") else { continue };
        let (mut properties, mut required) = (Map::new(), Vec::new());
        for part in &all_of {
            let referenced = part["$ref"].as_str().and_then(|path| path.strip_prefix("#/components/schemas/"));
            let part = referenced.and_then(|name| parts.get(name)).unwrap_or(part);
            properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
            required.extend(part["required"].as_array().cloned().unwrap_or_default());
        }
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schemas.retain(|name, _| !UNION_PARTS.contains(&name.as_str()));
}

/// What poem-openapi leaves out because no operation names it: it is [`document_problems`] that does.
fn add_problem_schemas(document: &mut Value) {
    let mut registry = Registry::new();
    ProblemBody::register(&mut registry);
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (name, schema) in registry.schemas {
        schemas.insert(name, serde_json::to_value(schema).unwrap_or_default());
    }
}

/// Examples of requests and answers, by operation.
fn add_examples(document: &mut Value) {
    let examples: Value = serde_json::from_str(include_str!("examples.json")).unwrap_or_default();
    for_each_operation(document, |operation| {
        let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
        let request = operation.get_mut("requestBody");
        if let (Some(body), Some(example)) = (request, examples[&id].get("request")) {
            body["content"]["application/json"]["example"] = example.clone();
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flatten();
        for (status, response) in responses {
            if let (true, Some(example)) = (status.starts_with('2'), examples[&id].get("response")) {
                response["content"]["application/json"]["example"] = example.clone();
            }
        }
    });
}

/// Objects have the documented fields and no others; of what is answered, an optional field may be null.
fn close_and_mark_schemas(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    for (name, schema) in schemas.iter_mut() {
        let answered = !name.ends_with("Request");
        let Some(schema) = schema.as_object_mut() else { continue };
        if schema.get("type") != Some(&json!("object")) || !schema.contains_key("properties") {
            continue;
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        for (field, property) in properties.iter_mut() {
            let Some(property) = property.as_object_mut() else { continue };
            property.remove("writeOnly");
            if property.get("type") == Some(&json!("string")) && is_time(field) {
                property.insert("format".to_owned(), json!("date-time"));
            }
            if answered && !required.contains(&json!(field)) && !property.contains_key("$ref") {
                property.insert("nullable".to_owned(), json!(true));
            }
        }
    }
}

/// Times have names of their own.
fn is_time(field: &str) -> bool {
    field == "at" || field.ends_with("_at") || field == "enrollment_deadline"
}

fn for_each_operation(document: &mut Value, mut f: impl FnMut(&mut Map<String, Value>)) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for item in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                f(operation);
            }
        }
    }
}

/// What comes with a `DELETE` is what an API key leaves out, and what not every client can send.
fn make_bodies_of_delete_optional(document: &mut Value) {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    for body in paths.filter_map(|item| item.get_mut("delete")?.get_mut("requestBody")) {
        body["required"] = json!(false);
    }
}

/// Whatever changes something takes an idempotency key: it is the frame that reads the header, and no operation.
fn document_idempotency(document: &mut Value) {
    document["components"]["parameters"] = json!({
        "IdempotencyKey": {
            "name": idempotency::NAME,
            "in": "header",
            "description": "The client's own name for this request, best a random UUID. For 15 minutes the same request \
                            with the same key is carried out once, and answered again as it was the first time.",
            "required": false,
            "schema": { "type": "string", "minLength": 1, "maxLength": IdempotencyKey::MAX },
        },
    });
    for item in document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut) {
        for method in CHANGING {
            let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) else { continue };
            let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
            if let Some(parameters) = parameters.as_array_mut() {
                parameters.push(json!({ "$ref": IDEMPOTENCY_KEY }));
            }
        }
    }
}

/// Adds every problem that an operation can answer with, grouped by status.
fn document_problems(operation: &mut Map<String, Value>) {
    let id = operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned();
    if CANNOT_FAIL.contains(&id.as_str()) {
        return;
    }
    let own = PROBLEMS.iter().find(|(operation, _)| *operation == id).map_or(&[][..], |(_, problems)| problems);
    let mut codes = own.to_vec();
    let query = |parameter: &Value| parameter.get("in") == Some(&json!("query"));
    let parameters = operation.get("parameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let has_query = parameters.iter().any(query);
    let repeatable = |parameter: &Value| parameter.get("$ref") == Some(&json!(IDEMPOTENCY_KEY));
    let is_repeatable = parameters.iter().any(repeatable);
    if operation.contains_key("requestBody") || has_query || is_repeatable {
        codes.push(InvalidRequest);
    }
    if is_repeatable {
        codes.push(IdempotencyConflict);
    }
    if let Some(security) = operation.get("security").map(Value::to_string) {
        codes.push(Unauthenticated);
        if !security.contains("\"session\"") {
            codes.push(Forbidden);
        }
        if !security.contains("\"api_key\"") && !LOOKS_ONLY.contains(&id.as_str()) {
            codes.extend([EnrollmentRequired, PasswordChangeRequired]);
        }
    }
    if id.contains("subject") {
        codes.push(InvalidRequest);
    }
    codes.extend([Unavailable, InternalError]);
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for code in ProblemCode::ALL.iter().filter(|code| codes.contains(code)) {
        let status = code.status().as_u16().to_string();
        let line = format!("`{}`: {}", code.as_str(), code.title());
        match responses.get_mut(&status) {
            Some(response) => {
                let before = response["description"].as_str().unwrap_or_default().to_owned();
                response["description"] = json!(format!("{before}\n{line}"));
            }
            None => {
                responses.insert(status.clone(), problem_response(*code, &line));
            }
        }
        if matches!(code, TooManyAttempts | Unavailable | IdempotencyConflict) {
            responses[&status]["headers"] = json!({
                "Retry-After": {
                    "description": "After how many seconds to try again.",
                    "schema": { "type": "integer" },
                },
            });
        }
    }
}

fn problem_response(code: ProblemCode, description: &str) -> Value {
    let example = crate::problem::Problem::new(code, code.title()).into_body("7f3c9a1e5b2d8046-1a".to_owned());
    json!({
        "description": description,
        "content": {
            "application/problem+json": {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "example": poem_openapi::types::ToJSON::to_json(&example),
            },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operations() -> Vec<Map<String, Value>> {
        let mut document = Document::generate().value;
        let mut operations = Vec::new();
        for_each_operation(&mut document, |operation| operations.push(operation.clone()));
        operations
    }

    #[test]
    fn every_operation_that_can_fail_says_with_which_problems() {
        for operation in operations() {
            let id = operation["operationId"].as_str().unwrap();
            let listed = PROBLEMS.iter().any(|(listed, _)| *listed == id);
            assert_ne!(listed, CANNOT_FAIL.contains(&id), "{id} must be in exactly one of the two lists");
            assert!(operation.contains_key("summary"), "{id} has a summary");
        }
        let ids: Vec<_> = operations().iter().map(|operation| operation["operationId"].clone()).collect();
        for (listed, _) in PROBLEMS {
            assert!(ids.contains(&json!(listed)), "{listed} is an operation");
        }
    }

    #[test]
    fn every_operation_with_a_token_documents_401() {
        for operation in operations().iter().filter(|operation| operation.contains_key("security")) {
            assert!(operation["responses"].get("401").is_some(), "{}", operation["operationId"]);
        }
    }

    #[test]
    fn the_reference_page_holds_the_finished_document_and_loads_nothing() {
        let document = Document::generate();
        let html = document.to_reference_html();
        assert!(!html.contains(&document.raw), "the page holds the finished document");
        assert!(html.contains("\"additionalProperties\":false"));
        assert!(!html.contains("<script src") && !html.contains("<link "), "no outside assets");
    }

    #[test]
    fn the_document_is_clean_enough_for_generators() {
        let text = Document::generate().to_pretty_json();
        assert!(!text.contains("charset="));
        assert!(!text.contains("\"allOf\""));
        let mut document = Document::generate().value;
        let whole = document.clone();
        visit(&mut document, &mut |map| {
            if let Some(Value::String(reference)) = map.get("$ref") {
                let found = whole.pointer(reference.trim_start_matches('#'));
                assert!(found.is_some_and(|schema| !schema.is_null()), "{reference} is defined");
            }
        });
    }

    #[test]
    fn every_request_has_an_example_with_only_documented_fields() {
        let document = Document::generate().value;
        for operation in operations() {
            let id = &operation["operationId"];
            let bodies =
                [operation.get("requestBody"), operation["responses"].get("200"), operation["responses"].get("201")];
            for content in bodies.into_iter().flatten().map(|body| &body["content"]["application/json"]) {
                let Some(example) = content.get("example") else { continue };
                let schema =
                    document.pointer(content["schema"]["$ref"].as_str().unwrap().trim_start_matches('#')).unwrap();
                let variants = schema["oneOf"].as_array().map_or(vec![schema], |variants| {
                    let resolve =
                        |variant: &Value| variant["$ref"].as_str().unwrap().trim_start_matches('#').to_owned();
                    variants.iter().map(|variant| document.pointer(&resolve(variant)).unwrap()).collect()
                });
                let fits = variants.iter().any(|schema| {
                    let known = |field: &String| schema["properties"].get(field).is_some();
                    let required = schema["required"].as_array().cloned().unwrap_or_default();
                    example.as_object().unwrap().keys().all(known)
                        && required.iter().all(|field| example.get(field.as_str().unwrap()).is_some())
                });
                assert!(fits, "the example of {id} fits its schema");
            }
            assert!(
                operation
                    .get("requestBody")
                    .is_none_or(|body| body["content"]["application/json"]["example"].is_object()),
                "{id} has an example of its request"
            );
        }
    }

    #[test]
    fn whatever_changes_something_takes_an_idempotency_key() {
        let document = Document::generate().value;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let takes = operation["parameters"].to_string().contains(IDEMPOTENCY_KEY);
                assert_eq!(takes, method != "get", "{method} {path}");
                assert_eq!(takes, operation["responses"]["409"].to_string().contains("idempotency_conflict"));
            }
        }
    }

    #[test]
    fn allowed_methods_are_those_of_the_document() {
        let methods = Document::generate().methods();
        assert_eq!(methods.allowed("/v1/sign-in"), "POST");
        assert_eq!(methods.allowed("/v1/account/two-factor/authenticators/some-id"), "PATCH");
    }
}
