//! Request bodies: bounded, JSON, and refused with the field and the rule but never with the value.

use countersign_serving::read_body;
use poem::{Request, RequestBody};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Map, Value};

use crate::problem::{FieldError, Problem, ProblemCode};

/// The JSON body of a request. An empty body is taken for `{}`.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: Type> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Body<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(parse(&read_body(request, body.take()?).await.map_err(Problem::from)?)?))
    }
}

/// Reads what was sent. Nothing at all is taken for `{}`.
fn parse<T: ParseFromJSON>(bytes: &[u8]) -> Result<T, Problem> {
    let value = if bytes.is_empty() {
        Value::Object(Map::new())
    } else {
        serde_json::from_slice(bytes).map_err(|_| malformed("The body is not JSON in UTF-8."))?
    };
    let errors = if may_be_coerced(&value) { errors_of::<T>(&value) } else { Vec::new() };
    match T::parse_from_json(Some(value.clone())) {
        Ok(parsed) if errors.is_empty() => Ok(parsed),
        _ => Err(explain::<T>(&value)),
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: <Self as Payload>::CONTENT_TYPE,
                schema: <Self as Payload>::schema_ref(),
            }],
            required: <Self as ParsePayload>::IS_REQUIRED,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        let kind = request.content_type();
        let other = || malformed("Send a JSON body with Content-Type: application/json.");
        if kind.is_some_and(|kind| !Self::check_content_type(kind)) {
            return Err(other().into());
        }
        let bytes = read_body(request, body.take()?).await.map_err(Problem::from)?;
        // Of nothing there is no kind to name: a `DELETE` may come without.
        if kind.is_none() && !bytes.is_empty() {
            return Err(other().into());
        }
        Ok(Self(parse(&bytes)?))
    }
}

fn malformed(detail: &str) -> Problem {
    Problem::new(ProblemCode::InvalidRequest, detail)
}

/// Whether the parser may take a value for one of another type: it turns numbers and truth values into texts, and so
/// would take a code that lost its leading zeros.
fn may_be_coerced(value: &Value) -> bool {
    let scalar = |value: &Value| value.is_number() || value.is_boolean() || may_be_coerced(value);
    match value {
        Value::Object(fields) => fields.values().any(scalar),
        Value::Array(items) => items.iter().any(scalar),
        _ => false,
    }
}

/// Says which fields break which rules of the schema: the parser's own message would repeat values, so it is not used.
fn explain<T: Type>(value: &Value) -> Problem {
    let problem = malformed("The body does not have the form that is documented for this operation.");
    if !value.is_object() {
        return malformed("The body must be a JSON object.");
    }
    let errors = errors_of::<T>(value);
    match errors.first() {
        Some(first) => {
            let detail = format!("{}: {}.", first.field, first.detail);
            Problem { detail, ..problem }.with_errors(errors)
        }
        None => problem,
    }
}

fn errors_of<T: Type>(value: &Value) -> Vec<FieldError> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut errors = Vec::new();
    if let Some(schema) = resolve(&T::schema_ref(), &registry) {
        errors_in(schema, value, "", &registry, &mut errors);
    }
    errors
}

/// What is wrong with the fields of an object, whose names are said behind those of what it is in.
fn errors_in(schema: &MetaSchema, value: &Value, within: &str, registry: &Registry, errors: &mut Vec<FieldError>) {
    let Value::Object(fields) = value else { return };
    for (name, property) in &schema.properties {
        let (Some(property), place) = (resolve(property, registry), format!("{within}{name}")) else { continue };
        let required = schema.required.contains(name);
        match fields.get(*name) {
            None | Some(Value::Null) if required => errors.push(FieldError::new(place, "is required")),
            None | Some(Value::Null) => {}
            Some(value) => match object_of(property, registry).filter(|_| value.is_object()) {
                Some(object) => errors_in(object, value, &format!("{place}."), registry, errors),
                None => errors.extend(rule(property, value, registry).map(|rule| FieldError::new(place, rule))),
            },
        }
    }
    if fields.keys().any(|key| !schema.properties.iter().any(|(name, _)| name == key)) {
        // The unknown name itself may be a value that went astray.
        let known: Vec<&str> = schema.properties.iter().map(|(name, _)| *name).collect();
        let rule = format!("only these fields are known: {}", known.join(", "));
        errors.push(FieldError::new(format!("{within}(unknown)"), rule));
    }
}

/// The object with fields of its own that a schema is, if it is one.
fn object_of<'a>(schema: &'a MetaSchema, registry: &'a Registry) -> Option<&'a MetaSchema> {
    let parts = schema.all_of.iter().filter_map(|part| resolve(part, registry));
    std::iter::once(schema).chain(parts).find(|schema| schema.ty == "object" && !schema.properties.is_empty())
}

/// The rule of a schema that a value breaks.
fn rule(schema: &MetaSchema, value: &Value, registry: &Registry) -> Option<String> {
    // A reference with a description is one of several parts.
    let parts = schema.all_of.iter().filter_map(|part| resolve(part, registry));
    if let Some(broken) = parts.filter_map(|part| rule(part, value, registry)).next() {
        return Some(broken);
    }
    if !schema.enum_items.is_empty() {
        let allowed: Vec<String> = schema.enum_items.iter().map(ToString::to_string).collect();
        return (!schema.enum_items.contains(value)).then(|| format!("must be one of {}", allowed.join(", ")));
    }
    if schema.ty.is_empty() {
        // Any value: the operation itself says what is wrong with it.
        return None;
    }
    match (schema.ty, value) {
        ("string", Value::String(text)) => {
            let length = text.chars().count();
            let (min, max) = (schema.min_length.unwrap_or(0), schema.max_length.unwrap_or(usize::MAX));
            if !(min..=max).contains(&length) {
                return Some(format!("must be {min} to {max} characters long"));
            }
            None
        }
        ("array", Value::Array(items)) => {
            if let Some(least) = schema.min_items.filter(|least| items.len() < *least) {
                return Some(format!("must have at least {least} item"));
            }
            let schema = resolve(schema.items.as_deref()?, registry)?;
            items.iter().find_map(|item| rule(schema, item, registry)).map(|rule| format!("each {rule}"))
        }
        ("boolean", Value::Bool(_)) | ("object", Value::Object(_)) => None,
        ("integer", Value::Number(number)) if number.is_u64() || number.is_i64() => None,
        ("string", _) => Some("must be a string".to_owned()),
        ("boolean", _) => Some("must be true or false".to_owned()),
        ("integer", _) => Some("must be a whole number".to_owned()),
        (other, _) => Some(format!("must be of type {other}")),
    }
}

fn resolve<'a>(reference: &'a MetaSchemaRef, registry: &'a Registry) -> Option<&'a MetaSchema> {
    match reference {
        MetaSchemaRef::Inline(schema) => Some(schema),
        MetaSchemaRef::Reference(name) => registry.schemas.get(name),
    }
}
