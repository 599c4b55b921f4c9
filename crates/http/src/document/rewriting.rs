//! What is done to the document that poem-openapi generates, one thing after the other.

use std::collections::{BTreeMap, BTreeSet};

use countersign_application::idempotency::IdempotencyKey;
use serde_json::{Map, Value, json};

use crate::bearer::REALM;
use crate::idempotency;
use crate::problem::{self, ProblemCode};

/// Where the document has its schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// Where the document says what an idempotency key is.
pub(super) const IDEMPOTENCY_KEY: &str = "#/components/parameters/IdempotencyKey";

/// Methods that change something (RFC 9110, section 9.2.1, says which do not).
const CHANGING: [&str; 4] = ["put", "post", "delete", "patch"];

pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(super) fn visit(value: &mut Value, f: &mut dyn FnMut(&mut Map<String, Value>)) {
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
pub(super) fn strip_charset(document: &mut Value) {
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
pub(super) fn lift_examples(document: &mut Value) {
    visit_content(document, &mut |media_type| {
        if let Some(example) = media_type["schema"].as_object_mut().and_then(|schema| schema.remove("example")) {
            media_type["example"] = example;
        }
    });
}

/// A reference with a description becomes a plain reference: generators drop the schema otherwise. One that may be null
/// keeps what says so.
pub(super) fn collapse_all_of(document: &mut Value) {
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
pub(super) fn name_formats(document: &mut Value) {
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
pub(super) fn close_requests(document: &mut Value) {
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
pub(super) fn describe_answers(document: &mut Value) {
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

/// What many operations answer in the same words stands once: their one problem of a status. Of several it stays where it is.
pub(super) fn share_problems(document: &mut Value) {
    let alone = ProblemCode::ALL.iter().map(|code| (problem::told(&[*code]), *code));
    let alone: BTreeMap<String, ProblemCode> = alone.collect();
    let mut shared = Map::new();
    for_each_operation(document, |operation| {
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            let code = response["description"].as_str().and_then(|told| alone.get(told));
            let is_problem = name_of(&response["content"]["application/json"]["schema"]) == Some("Problem");
            if let Some(code) = code.filter(|_| is_problem) {
                let name = format!("{code:?}");
                let reference = json!({ "$ref": format!("#/components/responses/{name}") });
                shared.insert(name, std::mem::replace(response, reference));
            }
        }
    });
    document["components"]["responses"] = Value::Object(shared);
}

/// The schema that a reference leads to.
pub(super) fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    name_of(schema).map_or(schema, |name| &document["components"]["schemas"][name])
}

/// The name of the schema that a reference leads to.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

/// Requests and answers get their examples, which go by the names of their schemas.
pub(super) fn add_examples(document: &mut Value, examples: &Map<String, Value>) {
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
pub(super) fn visit_content(part: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    visit(part, &mut |map| {
        map.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut).for_each(&mut *f);
    });
}

pub(super) fn for_each_operation(document: &mut Value, mut f: impl FnMut(&mut Map<String, Value>)) {
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
pub(super) fn document_idempotency(document: &mut Value) {
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

/// Whatever administers may be in the realm that an operator names: the header is read when it is found out who asks.
pub(super) fn document_realm(document: &mut Value) {
    document["components"]["parameters"]["Realm"] = json!({
        "name": REALM,
        "in": "header",
        "description": "The short name of the realm that is meant. It is left out, or the realm of the session or key; only an \
                        operator may name another one, and everyone else is answered `forbidden`, whether it is there or not.",
        "required": false,
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 63,
            "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
            "example": "default",
        },
    });
    for_each_operation(document, |operation| {
        let administers = operation.get("security").is_some_and(|it| it[0].get("administrator").is_some());
        if administers
            && let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut()
        {
            parameters.push(json!({ "$ref": "#/components/parameters/Realm" }));
        }
    });
}
