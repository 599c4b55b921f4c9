//! The route table, as the API document has it.

use serde_json::{Map, Value, json};

use crate::api::Client;

/// An operation of the API.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its identifier.
    pub id: String,
    /// Its method.
    pub method: String,
    /// Its path with parameters in braces.
    pub path: String,
    /// Whether it wants a token.
    pub secured: bool,
    /// Which kind of token: `session`, `administrator` or `api_key`; empty where it wants none.
    pub bearer: String,
    /// The schema of its body, if it has one.
    pub body: Option<Value>,
}

impl Operation {
    /// The path with an identifier of nothing for every parameter.
    pub fn path_of_nothing(&self) -> String {
        self.path_with("01890000-0000-7000-8000-000000000000")
    }

    /// The path with `value` for every parameter.
    pub fn path_with(&self, value: &str) -> String {
        let segments = self.path.split('/').map(|segment| if segment.starts_with('{') { value } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The fields of its body.
    pub fn fields(&self) -> Vec<(String, Value)> {
        let properties = self.body.as_ref().and_then(|schema| schema["properties"].as_object());
        properties.into_iter().flatten().map(|(name, schema)| (name.clone(), schema.clone())).collect()
    }

    /// A body of the right form, with `text` wherever a text is wanted.
    pub fn well_formed(&self, text: &str) -> Option<Value> {
        self.body.as_ref()?;
        let fields: Map<String, Value> = self
            .fields()
            .into_iter()
            .map(|(name, schema)| {
                let value = sample(&schema, text)
                    .unwrap_or_else(|| panic!("{}: a sample of {name} is not known: {schema}", self.id));
                (name, value)
            })
            .collect();
        Some(Value::Object(fields))
    }
}

/// A value of the right form, with `text` where any text may stand.
fn sample(schema: &Value, text: &str) -> Option<Value> {
    if let Some(choices) = schema["enum"].as_array() {
        return choices.first().cloned();
    }
    Some(match schema.get("type").map(Value::as_str) {
        Some(Some("string")) => json!(text),
        Some(Some("boolean")) => json!(false),
        Some(Some("integer")) => schema.get("minimum").cloned().unwrap_or(json!(0)),
        Some(Some("array")) => json!([sample(&schema["items"], text)?]),
        Some(Some("object")) => {
            let properties = schema["properties"].as_object()?;
            let fields = properties.iter().map(|(name, schema)| {
                // An address is a text that is more than a text.
                let value = if name == "ip" { json!("203.0.113.7") } else { sample(schema, text)? };
                Some((name.clone(), value))
            });
            Value::Object(fields.collect::<Option<_>>()?)
        }
        // Any value.
        None if schema.get("$ref").is_none() => json!({}),
        _ => return None,
    })
}

/// Puts what references lead to in their place, in what a body is made of.
fn resolved(document: &Value, schema: &Value) -> Value {
    // What may be null and is a reference has that within.
    let schema = schema["allOf"].get(0).unwrap_or(schema);
    let mut schema = match schema["$ref"].as_str() {
        Some(reference) => {
            let found = document.pointer(reference.trim_start_matches('#'));
            found.unwrap_or_else(|| panic!("{reference} leads nowhere")).clone()
        }
        None => schema.clone(),
    };
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(|property| *property = resolved(document, property));
    }
    if let Some(items) = schema.get_mut("items") {
        *items = resolved(document, items);
    }
    schema
}

/// All operations of the document that a server serves.
pub fn operations(client: &Client) -> Vec<Operation> {
    let document = client.get("/openapi.json").expect(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = schema["$ref"].is_string().then(|| resolved(&document, schema));
            assert_eq!(body.is_some(), operation.get("requestBody").is_some(), "{method} {path}");
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                secured: operation["security"].as_array().is_some_and(|security| !security.is_empty()),
                bearer: operation["security"][0]
                    .as_object()
                    .and_then(|it| it.keys().next())
                    .cloned()
                    .unwrap_or_default(),
                body,
            });
        }
    }
    assert!(operations.len() > 20, "the document has the operations");
    operations
}
