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
                let value = match schema["type"].as_str() {
                    Some("string") => json!(text),
                    Some("boolean") => json!(false),
                    other => panic!("{}: a sample of {name}, which is of type {other:?}, is not known", self.id),
                };
                (name, value)
            })
            .collect();
        Some(Value::Object(fields))
    }
}

/// All operations of the document that a server serves.
pub fn operations(client: &Client) -> Vec<Operation> {
    let document = client.get("/openapi.json").expect(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            let body = schema["$ref"].as_str().map(|reference| {
                let resolved = document.pointer(reference.trim_start_matches('#'));
                resolved.unwrap_or_else(|| panic!("{reference} leads nowhere")).clone()
            });
            assert_eq!(body.is_some(), operation.get("requestBody").is_some(), "{method} {path}");
            operations.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                secured: operation["security"].as_array().is_some_and(|security| !security.is_empty()),
                body,
            });
        }
    }
    assert!(operations.len() > 20, "the document has the operations");
    operations
}
