//! The API document: what poem-openapi generates, made exact and complete once, then served, printed and committed.

mod methods;
mod reference;
mod rewriting;

use countersign_application::policy::Preset;
use poem_openapi::types::ToJSON;
use serde_json::{Map, Value, json};

use crate::resources;
use crate::schema::Policy;

pub(crate) use methods::{Asks, Methods};

use rewriting::{
    add_examples, close_requests, collapse_all_of, describe_answers, document_idempotency, document_realm,
    for_each_operation, lift_examples, name_formats, share_problems, strip_charset,
};

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
        document_realm(&mut value);
        describe_answers(&mut value);
        share_problems(&mut value);
        for_each_operation(&mut value, |operation| {
            // What is not said is as if any token were asked for.
            operation.entry("security").or_insert_with(|| json!([]));
        });
        add_examples(&mut value, &examples());
        Self { value, raw_html: api.swagger_ui_html(), raw }
    }

    pub(crate) fn to_pretty_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(&self.value).unwrap_or_default();
        json.push('\n');
        json
    }

    /// The reference page, with the finished document in it.
    pub(crate) fn to_reference_html(&self) -> String {
        reference::page(&self.raw_html, &self.raw, &self.value.to_string())
    }

    /// Which methods each path has.
    pub(crate) fn methods(&self) -> Methods {
        Methods::of(&self.value)
    }
}

/// Examples of requests and answers, by the name of their schema. The policy in them is the one that realms begin with.
fn examples() -> Map<String, Value> {
    let mut examples: Value = serde_json::from_str(include_str!("examples.json")).unwrap_or_default();
    if let Some(policy) = Preset::RECOMMENDED.policy().ok().and_then(|policy| Policy::from(policy.document()).to_json())
    {
        for name in ["TwoFactor", "Realm"] {
            examples[name]["policy"] = policy.clone();
        }
        examples["RealmList"]["items"][0]["policy"] = policy;
    }
    examples.as_object().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::rewriting::{IDEMPOTENCY_KEY, name_of, resolved, visit, visit_content};
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

    /// The extractors refuse before the operation does, so that nothing else would notice what it does not say.
    #[test]
    fn every_operation_says_what_finding_out_who_asks_may_answer() {
        let mut only_looks = Vec::new();
        for operation in operations() {
            let (id, codes) = (operation["operationId"].as_str().unwrap().to_owned(), codes(&operation));
            let restricted = ["`enrollment_required`", "`password_change_required`"].map(|code| codes.contains(code));
            match operation["security"][0].as_object().and_then(|schemes| schemes.keys().next()).map(String::as_str) {
                Some("administrator") => assert!(restricted == [true, true] && codes.contains("`forbidden`"), "{id}"),
                Some("session") if restricted == [false, false] => only_looks.push(id),
                Some("session") => assert_eq!(restricted, [true, true], "{id}"),
                Some("api_key") => assert!(codes.contains("`forbidden`"), "{id}"),
                other => assert_eq!(other, None, "{id}"),
            }
        }
        only_looks.sort();
        assert_eq!(only_looks, ["show_account", "show_two_factor", "sign_out"]);
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
        let asks = |method, path| methods.operation(method, path).map(|operation| operation.asks);
        assert_eq!(asks("POST", "/v1/sign-in"), Some(Asks::Anyone));
        assert_eq!(asks("POST", "/v1/sign-out"), Some(Asks::Bearer));
        assert_eq!(asks("PUT", "/v1/sign-in"), None);
        assert_eq!(asks("POST", "/v1/nowhere"), None);
    }
}
