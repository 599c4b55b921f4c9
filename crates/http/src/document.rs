//! The API document: what poem-openapi generates, made exact and complete once, then served, printed and committed.

use std::collections::BTreeSet;

use countersign_application::idempotency::IdempotencyKey;
use countersign_application::policy::Preset;
use poem_openapi::types::ToJSON;
use serde_json::{Map, Value, json};

use crate::problem::MEDIA_TYPE;
use crate::schema::Policy;
use crate::{idempotency, resources};

/// Where the document has its schemas.
const SCHEMAS: &str = "#/components/schemas/";

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
        lift_examples(&mut value);
        collapse_all_of(&mut value);
        name_formats(&mut value);
        close_requests(&mut value);
        document_idempotency(&mut value);
        describe_answers(&mut value);
        share_problems(&mut value);
        for_each_operation(&mut value, |operation| {
            // What is not said is as if any token were asked for.
            operation.entry("security").or_insert_with(|| json!([]));
        });
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
            let methods = METHODS.iter().filter_map(|method| Some((*method, item.get(*method)?)));
            let methods = methods.map(|(method, operation)| {
                let asks = if operation["security"] == json!([]) { Asks::Anyone } else { Asks::Bearer };
                (method.to_uppercase(), asks)
            });
            Documented { segments: path.split('/').map(str::to_owned).collect(), methods: methods.collect() }
        });
        Methods(documented.collect())
    }
}

/// Whom an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asks {
    /// Whoever comes; the body says who that is.
    Anyone,
    /// The bearer of a token.
    Bearer,
}

/// A path, and what it has.
struct Documented {
    segments: Vec<String>,
    methods: Vec<(String, Asks)>,
}

impl Documented {
    fn fits(&self, segments: &[&str]) -> bool {
        let same = |(pattern, segment): (&String, &&str)| pattern.starts_with('{') || pattern == segment;
        self.segments.len() == segments.len() && self.segments.iter().zip(segments).all(same)
    }
}

/// Which methods each path has.
pub(crate) struct Methods(Vec<Documented>);

impl Methods {
    /// What the header `Allow` says (RFC 9110, section 15.5.6).
    pub(crate) fn allowed(&self, path: &str) -> String {
        let names = |path: &Documented| path.methods.iter().map(|(name, _)| &**name).collect::<Vec<_>>().join(", ");
        self.find(path).map_or_else(|| "GET".to_owned(), names)
    }

    /// Whom the operation takes that a request goes to, if there is one.
    pub(crate) fn asks(&self, method: &str, path: &str) -> Option<Asks> {
        self.find(path)?.methods.iter().find(|(name, _)| name == method).map(|(_, asks)| *asks)
    }

    fn find(&self, path: &str) -> Option<&Documented> {
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        // A path that is spelled out goes before one with a parameter.
        let parameters = |path: &&Documented| path.segments.iter().filter(|segment| segment.starts_with('{')).count();
        self.0.iter().filter(|path| path.fits(&segments)).min_by_key(parameters)
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

/// An example within a schema that is a reference belongs to the media type.
fn lift_examples(document: &mut Value) {
    visit_content(document, &mut |media_type| {
        if let Some(example) = media_type["schema"].as_object_mut().and_then(|schema| schema.remove("example")) {
            media_type["example"] = example;
        }
    });
}

/// A reference with a description becomes a plain reference: generators drop the schema otherwise. One that may be null
/// keeps what says so.
fn collapse_all_of(document: &mut Value) {
    let schemas = document["components"]["schemas"].clone();
    visit(document, &mut |map| {
        let reference = match map.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([first, rest @ ..]) if rest.iter().all(|other| other.get("$ref").is_none()) => {
                first.get("$ref").cloned()
            }
            _ => None,
        };
        let Some(reference) = reference else { return };
        let nullable = map.get("nullable") == Some(&json!(true));
        map.clear();
        map.insert("$ref".to_owned(), reference);
        if nullable {
            make_nullable(map, &schemas);
        }
    });
}

/// Lets a schema be null. Beside a reference nothing may stand, and without a type `nullable` says nothing.
fn make_nullable(schema: &mut Map<String, Value>, schemas: &Value) {
    if let Some(reference) = schema.remove("$ref") {
        let name = reference.as_str().and_then(|it| it.strip_prefix(SCHEMAS)).unwrap_or_default();
        schema.insert("type".to_owned(), schemas[name]["type"].clone());
        schema.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
    if schema.contains_key("type") {
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// Integers get the formats that OpenAPI has, and the bound that those of the types without a sign stood for.
fn name_formats(document: &mut Value) {
    visit(document, &mut |schema| {
        let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
        let (format, least) = match format {
            "int8" | "int16" => ("int32", None),
            "uint8" | "uint16" => ("int32", Some(0)),
            "uint32" | "uint64" => ("int64", Some(0)),
            _ => return,
        };
        schema.insert("format".to_owned(), json!(format));
        if let Some(least) = least {
            schema.entry("minimum").or_insert(json!(least));
        }
    });
}

/// The names of the schemas that are reached from `part` of a document.
fn reached_from(part: &Value, document: &Value, reached: &mut BTreeSet<String>) {
    match part {
        Value::Object(map) => {
            if let Some(name) = map.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(SCHEMAS))
                && reached.insert(name.to_owned())
            {
                reached_from(&document["components"]["schemas"][name], document, reached);
            }
            map.values().for_each(|value| reached_from(value, document, reached));
        }
        Value::Array(items) => items.iter().for_each(|value| reached_from(value, document, reached)),
        _ => {}
    }
}

/// What is sent has the documented fields and no others, and null in a field is as if it were left out. What is answered
/// may become more.
fn close_requests(document: &mut Value) {
    let mut sent = BTreeSet::new();
    let whole = document.clone();
    for_each_operation(document, |operation| {
        if let Some(body) = operation.get("requestBody") {
            reached_from(body, &whole, &mut sent);
        }
    });
    for name in &sent {
        let Some(schema) = document["components"]["schemas"][name.as_str()].as_object_mut() else { continue };
        if !schema.contains_key("properties") {
            continue;
        }
        schema.insert("additionalProperties".to_owned(), json!(false));
        let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { continue };
        for (field, property) in properties.iter_mut() {
            let Some(property) = property.as_object_mut() else { continue };
            property.remove("writeOnly");
            if !required.contains(&json!(field)) {
                make_nullable(property, &whole["components"]["schemas"]);
            }
        }
    }
    let closed = document.clone();
    for_each_operation(document, |operation| {
        // Nothing at all is taken for an object without fields.
        let Some(body) = operation.get_mut("requestBody") else { return };
        let schema = resolved(&body["content"]["application/json"]["schema"], &closed);
        body["required"] = json!(schema["required"].as_array().is_some_and(|required| !required.is_empty()));
    });
}

/// An answer of which nothing else is said is described as what it holds.
fn describe_answers(document: &mut Value) {
    let whole = document.clone();
    for_each_operation(document, |operation| {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            if response["description"] == "" {
                let schema = resolved(&response["content"]["application/json"]["schema"], &whole);
                response["description"] = schema["description"].clone();
            }
        }
    });
}

/// What many operations answer in the same words stands once: their one problem of a status.
fn share_problems(document: &mut Value) {
    let mut shared = Map::new();
    for_each_operation(document, |operation| {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            let code = response["content"][MEDIA_TYPE]["example"]["code"].as_str().unwrap_or_default();
            if name_of(&response["content"]["application/json"]["schema"]) != Some("Problem") {
                continue;
            }
            // Of several problems it stays where it is.
            let one =
                response["description"].as_str().is_some_and(|text| text.starts_with('`') && !text.contains('\n'));
            if one && !code.is_empty() {
                let name = code.split('_').flat_map(|word| {
                    let (first, rest) = word.split_at(1);
                    [first.to_uppercase(), rest.to_owned()]
                });
                let name: String = name.collect();
                let reference = json!({ "$ref": format!("#/components/responses/{name}") });
                shared.insert(name, std::mem::replace(response, reference));
            }
        }
    });
    document["components"]["responses"] = Value::Object(shared);
}

/// The schema that a reference leads to.
fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    name_of(schema).map_or(schema, |name| &document["components"]["schemas"][name])
}

/// The name of the schema that a reference leads to.
fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// Examples of requests and answers, by the name of their schema. The policy in them is the one that realms begin with.
fn examples() -> Map<String, Value> {
    let mut examples: Value = serde_json::from_str(include_str!("examples.json")).unwrap_or_default();
    if let Some(policy) = Preset::RECOMMENDED.policy().ok().and_then(|policy| Policy::from(policy.document()).to_json())
    {
        for name in ["TwoFactor", "Realm"] {
            examples[name]["policy"] = policy.clone();
        }
    }
    examples.as_object().cloned().unwrap_or_default()
}

fn add_examples(document: &mut Value) {
    let examples = examples();
    for_each_operation(document, |operation| {
        for part in ["requestBody", "responses"] {
            let Some(part) = operation.get_mut(part) else { continue };
            visit_content(part, &mut |media_type| {
                let example = name_of(&media_type["schema"]).and_then(|name| examples.get(name)).cloned();
                if let (Some(example), None) = (example, media_type.get("example")) {
                    media_type["example"] = example;
                }
            });
        }
    });
}

/// What each media type of a part of the document holds.
fn visit_content(part: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    visit(part, &mut |map| {
        map.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).for_each(&mut *f);
    });
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

/// Whatever changes something takes an idempotency key: the header is read before an operation is looked for.
fn document_idempotency(document: &mut Value) {
    document["components"]["parameters"] = json!({
        "IdempotencyKey": {
            "name": idempotency::NAME,
            "in": "header",
            "description": "The client's own name for this request, best a random UUID. For 15 minutes the same request \
                            with the same key is carried out once, and answered again as it was the first time.",
            "required": false,
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": IdempotencyKey::MAX,
                "pattern": "^[!-~]+$",
                "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
            },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::{Problem, ProblemCode, Refused, may};

    /// The operations, with what they share in its place.
    fn operations() -> Vec<Map<String, Value>> {
        let mut document = Document::generate().value;
        let whole = document.clone();
        let mut operations = Vec::new();
        for_each_operation(&mut document, |operation| {
            for response in operation["responses"].as_object_mut().unwrap().values_mut() {
                if let Some(reference) = response.get("$ref") {
                    *response = whole.pointer(reference.as_str().unwrap().trim_start_matches('#')).unwrap().clone();
                }
            }
            operations.push(operation.clone());
        });
        operations
    }

    /// The codes that the document says an operation may answer.
    fn codes(operation: &Map<String, Value>) -> String {
        operation["responses"]
            .as_object()
            .unwrap()
            .values()
            .map(|response| response["description"].to_string())
            .collect()
    }

    #[test]
    fn every_operation_is_described_and_says_with_which_problems_it_may_answer() {
        for operation in operations() {
            let id = &operation["operationId"];
            for field in ["summary", "description", "tags", "security"] {
                assert!(operation.contains_key(field), "{id} has {field}");
            }
            assert!(codes(&operation).contains("`internal_error`"), "{id}");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{id} {status}");
            }
            for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
                assert!(parameter.get("$ref").is_some() || parameter.get("description").is_some(), "{id} {parameter}");
            }
        }
    }

    #[test]
    fn a_problem_of_an_operation_is_documented_with_its_status() {
        let operations = operations();
        let verify = &operations.iter().find(|it| it["operationId"] == "verify_subject").unwrap()["responses"];
        let text = verify["422"]["description"].as_str().unwrap();
        assert!(text.contains("`invalid_code`"), "{text}");
        assert!(verify["429"]["headers"].get("Retry-After").is_some());
        assert_eq!(verify["422"]["content"]["application/problem+json"]["example"]["code"], "invalid_code");
        assert_eq!(verify["422"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Problem");
    }

    #[test]
    #[should_panic(expected = "does not say that it may answer not_found")]
    fn an_operation_that_answers_what_it_does_not_say_is_noticed() {
        let _ = Refused::<{ may(&[ProblemCode::InvalidCode]) }>::from(Problem::not_found());
    }

    #[test]
    fn what_operations_share_is_the_same_for_all_of_them() {
        let document = Document::generate().value;
        for response in document["components"]["responses"].as_object().unwrap().values() {
            for content in response["content"].as_object().unwrap().values() {
                assert_eq!(name_of(&content["schema"]), Some("Problem"), "{response}");
            }
        }
        let ready = &document["paths"]["/health/ready"]["get"]["responses"];
        for status in ["400", "500", "503"] {
            let schema = &ready[status]["content"]["application/json"]["schema"];
            assert_eq!(name_of(schema), Some("NotReady"), "generators take one schema for the errors of an operation");
        }
    }

    #[test]
    fn requests_are_closed_and_answers_may_grow() {
        let document = Document::generate().value;
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["SignInRequest"]["additionalProperties"], false);
        assert_eq!(schemas["ProofRequest"]["additionalProperties"], false, "what is within a request as well");
        assert!(schemas["Account"].get("additionalProperties").is_none());
        assert_eq!(schemas["SignInRequest"]["properties"]["realm"]["nullable"], true);
        assert!(schemas["SignInRequest"]["properties"]["login"].get("nullable").is_none());
        assert!(!document.to_string().contains("writeOnly"));
    }

    #[test]
    fn what_is_always_sent_is_required() {
        let document = Document::generate().value;
        let authenticator = &document["components"]["schemas"]["Authenticator"];
        let (required, properties) = (authenticator["required"].as_array().unwrap(), &authenticator["properties"]);
        assert_eq!(required.len(), properties.as_object().unwrap().len());
        assert_eq!(properties["last_used_at"]["nullable"], true);
        assert_eq!(properties["last_used_at"]["format"], "date-time");
        let second_factor = &document["components"]["schemas"]["SecondFactorResponse"];
        assert!(!second_factor["required"].as_array().unwrap().contains(&json!("device_token")));
    }

    #[test]
    fn a_status_is_a_named_enum_of_one_value_that_the_discriminator_knows() {
        let document = Document::generate().value;
        let union = &document["components"]["schemas"]["SignInResponse"];
        assert_eq!(union["discriminator"]["propertyName"], "status");
        let mapping = union["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(mapping.len(), union["oneOf"].as_array().unwrap().len());
        for (value, target) in mapping {
            assert!(union["oneOf"].as_array().unwrap().contains(&json!({ "$ref": target })));
            let variant = document.pointer(target.as_str().unwrap().trim_start_matches('#')).unwrap();
            let status = resolved(&variant["properties"]["status"], &document);
            assert_eq!(status["enum"], json!([value]));
            assert!(variant["required"].as_array().unwrap().contains(&json!("status")));
        }
    }

    #[test]
    fn codes_events_outcomes_and_algorithms_are_named_enums() {
        let document = Document::generate().value;
        let schemas = &document["components"]["schemas"];
        let field = |schema: &str, field: &str| {
            let (name, values) =
                (&schemas[schema]["properties"][field], resolved(&schemas[schema]["properties"][field], &document));
            assert!(name.get("$ref").is_some(), "{schema}.{field}: {name}");
            values["enum"]
                .as_array()
                .unwrap()
                .iter()
                .map(|value| value.as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let codes: Vec<_> = ProblemCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(field("Problem", "code"), codes);
        assert!(field("AuditEvent", "event").contains(&"two_factor.enabled".to_owned()));
        assert_eq!(field("AuditEvent", "outcome"), ["success", "failure"]);
        assert_eq!(field("Actor", "kind"), ["account", "administrator", "application", "operator"]);
        assert_eq!(field("Authenticator", "algorithm"), ["SHA1", "SHA256", "SHA512"]);
    }

    #[test]
    fn integers_have_formats_that_openapi_has() {
        let text = Document::generate().to_pretty_json();
        assert!(!text.contains("\"uint") && !text.contains("\"int8\"") && !text.contains("\"int16\""));
    }

    #[test]
    fn every_operation_with_a_token_documents_401() {
        for operation in operations() {
            let secured = operation["security"] != json!([]);
            assert_eq!(secured, codes(&operation).contains("`unauthenticated`"), "{}", operation["operationId"]);
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
        let mut document = Document::generate().value;
        let whole = document.clone();
        visit(&mut document, &mut |map| {
            if let Some(parts) = map.get("allOf") {
                assert_eq!((parts.as_array().unwrap().len(), &map["nullable"]), (1, &json!(true)), "{map:?}");
                assert!(map["type"].is_string(), "{map:?}");
            }
            if let Some(Value::String(reference)) = map.get("$ref") {
                let found = whole.pointer(reference.trim_start_matches('#'));
                assert!(found.is_some_and(|schema| !schema.is_null()), "{reference} is defined");
            }
        });
    }

    #[test]
    fn every_body_has_an_example_with_the_documented_fields() {
        let document = Document::generate().value;
        let mut names = BTreeSet::new();
        for mut operation in operations() {
            let id = operation["operationId"].clone();
            for part in ["requestBody", "responses"] {
                let Some(part) = operation.get_mut(part) else { continue };
                visit_content(part, &mut |media_type| {
                    let Some(name) = name_of(&media_type["schema"]) else { return };
                    let example =
                        media_type["example"].as_object().unwrap_or_else(|| panic!("{id} {name}: no example"));
                    let schema = &document["components"]["schemas"][name];
                    let variants = schema["oneOf"]
                        .as_array()
                        .map_or(vec![schema], |all| all.iter().map(|it| resolved(it, &document)).collect());
                    let fits = variants.iter().any(|schema| {
                        let required = schema["required"].as_array().cloned().unwrap_or_default();
                        example.keys().all(|field| schema["properties"].get(field).is_some())
                            && required.iter().all(|field| example.contains_key(field.as_str().unwrap()))
                    });
                    assert!(fits, "the example of {name} fits it");
                    names.insert(name.to_owned());
                });
            }
        }
        for name in examples().keys() {
            assert!(names.contains(name), "{name} is a body of an operation");
        }
    }

    #[test]
    fn whatever_changes_something_takes_an_idempotency_key() {
        let (document, operations) = (Document::generate().value, operations());
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let takes = operation["parameters"].to_string().contains(IDEMPOTENCY_KEY);
                assert_eq!(takes, method != "get", "{method} {path}");
                let id = &operation["operationId"];
                let documented = operations.iter().find(|it| it["operationId"] == *id).unwrap();
                assert_eq!(takes, codes(documented).contains("`idempotency_conflict`"), "{id}");
            }
        }
    }

    #[test]
    fn allowed_methods_are_those_of_the_document() {
        let methods = Document::generate().methods();
        assert_eq!(methods.allowed("/v1/sign-in"), "POST");
        assert_eq!(methods.allowed("/v1/account/two-factor/authenticators/some-id"), "PATCH");
    }

    #[test]
    fn whom_an_operation_takes_is_that_of_the_document() {
        let methods = Document::generate().methods();
        assert_eq!(methods.asks("POST", "/v1/sign-in"), Some(Asks::Anyone));
        assert_eq!(methods.asks("POST", "/v1/sign-out"), Some(Asks::Bearer));
        assert_eq!(methods.asks("PUT", "/v1/sign-in"), None);
        assert_eq!(methods.asks("POST", "/v1/nowhere"), None);
    }
}
