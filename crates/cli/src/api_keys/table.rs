//! API keys, for people.

use countersign_wire::{ApiKeyView, CreatedApiKeyView, List};
use secrecy::ExposeSecret;

use crate::accounts::or_never;
use crate::{View, columns, facts};

impl View for List<ApiKeyView> {
    fn table(&self) -> String {
        let rows = self.items.iter().map(|key| {
            let (expires, used) = (or_never(key.expires_at), or_never(key.last_used_at));
            [key.id.clone(), key.name.clone(), key.scopes.join(" "), key.created_at.for_people(), expires, used]
        });
        columns(["id", "name", "scopes", "created", "expires", "last used"], rows)
    }
}

impl View for CreatedApiKeyView {
    fn table(&self) -> String {
        let mut all = vec![
            ("id", self.id.clone()),
            ("name", self.name.clone()),
            ("scopes", self.scopes.join(" ")),
            ("realm", self.realm.clone()),
        ];
        all.extend(self.expires_at.map(|at| ("expires", at.for_people())));
        all.push(("key", self.key.expose_secret().to_owned()));
        facts(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_key_stands_in_its_table() {
        let json = r#"{"id":"1","name":"shop","scopes":["verify"],"realm":"default","key":"cs_key_hunter2"}"#;
        let view: CreatedApiKeyView = serde_json::from_str(json).unwrap();
        assert!(view.table().ends_with("key     cs_key_hunter2"), "{}", view.table());
    }
}
