use countersign_application::Door;
use poem::Response;
use poem::http::{HeaderValue, header};

/// Where else the answers to the forms of a page lead, beside this server: an origin. A response has it as data.
#[derive(Clone, Debug)]
pub struct FormsLeadTo(pub String);

/// Keeps browsers and caches from doing with an answer what they should not. An answer may bring a rule of its own for what
/// it shows and how long it may be kept.
pub(super) fn protect(response: &mut Response, door: Door) {
    if door == Door::Pages {
        protect_page(response);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Almost every answer concerns one person: none may stay in a cache that does not say so itself.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Nothing but what comes from here: no script and no style within a page, no frame around it, no form that goes elsewhere.
fn protect_page(response: &mut Response) {
    // A browser holds the answer to a form against this as well, where it leads somewhere else.
    let elsewhere = response.data::<FormsLeadTo>().map(|FormsLeadTo(origin)| format!(" {origin}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'{elsewhere}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let headers = response.headers_mut();
    // What others have drawn brings a stricter one.
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    // The page with the set-up link brings its own.
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_keeps_its_own_rules_and_its_forms_lead_where_it_says() {
        let mut own = Response::builder()
            .header(header::CACHE_CONTROL, "public")
            .header(header::CONTENT_SECURITY_POLICY, "sandbox")
            .header(header::REFERRER_POLICY, "no-referrer")
            .finish();
        protect(&mut own, Door::Pages);
        assert_eq!(own.headers()[header::CACHE_CONTROL], "public");
        assert_eq!(own.headers()[header::CONTENT_SECURITY_POLICY], "sandbox");
        assert_eq!(own.headers()[header::REFERRER_POLICY], "no-referrer");
        let mut leading = Response::builder().finish();
        leading.set_data(FormsLeadTo("https://panel.example".to_owned()));
        protect(&mut leading, Door::Pages);
        let policy = leading.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("form-action 'self' https://panel.example;"), "{policy}");
    }
}
