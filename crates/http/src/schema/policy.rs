//! The policy, as clients read it: what the policy crate's table says of each key.

use std::borrow::Cow;

use countersign_application::policy::{self, PolicyDocument, PolicyField, PolicyGroup, ProofAct, Values};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{IsObjectType, ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value;

/// A realm's rules.
pub(crate) struct Policy(PolicyDocument);

impl Policy {
    const NAME: &'static str = "Policy";

    /// As it holds for an account: what is asked there in the end.
    pub(crate) fn of_account(policy: &policy::Policy, two_factor_on: bool) -> Self {
        let mut document = policy.document().clone();
        document.proofs.begin = policy.proof_for(ProofAct::Begin, two_factor_on);
        document.proofs.recovery_codes = policy.proof_for(ProofAct::RecoveryCodes, two_factor_on);
        Self(document)
    }
}

impl From<&PolicyDocument> for Policy {
    fn from(document: &PolicyDocument) -> Self {
        Self(document.clone())
    }
}

impl ToJSON for Policy {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(&self.0).ok()
    }
}

/// Objects that have one are asked for it, though nobody sends a policy.
impl ParseFromJSON for Policy {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        serde_json::from_value(value.unwrap_or_default()).map(Self).map_err(|_| ParseError::custom("is no policy"))
    }
}

impl IsObjectType for Policy {}

impl Type for Policy {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        Cow::Borrowed(Self::NAME)
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(Self::NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(Self::NAME.to_owned(), |registry| {
            let group = |group: &'static PolicyGroup| {
                let schema = MetaSchema { description: Some(group.meaning), ..rules(registry, group) };
                registry.schemas.insert(group.type_name.to_owned(), schema);
                (group.name, MetaSchemaRef::Reference(group.type_name.to_owned()))
            };
            MetaSchema { description: Some("A realm's rules."), ..object(PolicyGroup::ALL.iter().map(group)) }
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(self.as_raw_value().into_iter())
    }
}

/// An object that has each of these properties.
fn object(properties: impl Iterator<Item = (&'static str, MetaSchemaRef)>) -> MetaSchema {
    let properties: Vec<_> = properties.collect();
    let required = properties.iter().map(|(name, _)| *name).collect();
    MetaSchema { required, properties, ..MetaSchema::new("object") }
}

fn rules(registry: &mut Registry, group: &PolicyGroup) -> MetaSchema {
    let fields = PolicyField::ALL.iter().filter(|field| field.group == group.name);
    object(fields.map(|field| {
        let meaning = MetaSchema { description: Some(field.meaning), ..MetaSchema::ANY };
        (field.name, values(registry, &field.values).merge(meaning))
    }))
}

fn values(registry: &mut Registry, values: &Values) -> MetaSchemaRef {
    match values {
        Values::Switch => bool::schema_ref(),
        Values::Number { min, max, or_none } => MetaSchemaRef::Inline(Box::new(MetaSchema {
            minimum: Some(if *or_none { 0.0 } else { f64::from(*min) }),
            maximum: Some(f64::from(*max)),
            ..MetaSchema::new_with_format("integer", "uint32")
        })),
        Values::Words { type_name, about, all, .. } => {
            let words = all.iter().map(|word| Value::from(*word)).collect();
            let schema = MetaSchema { description: Some(about), enum_items: words, ..MetaSchema::new("string") };
            registry.schemas.entry((*type_name).to_owned()).or_insert(schema);
            MetaSchemaRef::Reference((*type_name).to_owned())
        }
        Values::Pattern => String::schema_ref(),
    }
}
