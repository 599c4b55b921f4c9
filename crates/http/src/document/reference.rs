//! The reference page: Swagger UI with the finished document in it, mended so that everyone can use it.

/// The beginning of the page as it is generated, and as it is served.
const BEGINNING: (&str, &str) = ("<html charset=\"UTF-8\">", "<!doctype html>\n<html lang=\"en\">");
const TITLE: (&str, &str) = (
    "<title>Swagger UI</title>",
    "<title>Countersign API</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
);
/// Behind the style and the script that it is generated with: either may hold any text.
const PLACE: &str = "<div id=\"ui\"></div>";
const MENDED: &str = concat!(
    "<style>",
    include_str!("reference.css"),
    "</style>\n<main><h1>Countersign API</h1><div id=\"ui\"></div></main>\n<script>",
    include_str!("reference.js"),
    "</script>"
);

/// The page, from what was generated for the document as it was before it was finished.
pub(super) fn page(generated: &str, raw: &str, document: &str) -> String {
    let page = generated.replacen(BEGINNING.0, BEGINNING.1, 1).replacen(TITLE.0, TITLE.1, 1);
    let page = match page.rsplit_once(PLACE) {
        Some((before, after)) => format!("{before}{MENDED}{after}"),
        None => page,
    };
    // `</` cannot end the script that holds it.
    page.replace(raw, &document.replace("</", "<\\/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_what_was_to_be_mended_and_holds_the_finished_document() {
        let generated =
            format!("{}\n<head>{}</head>\n<body>{}<script>RAW</script></body>", BEGINNING.0, TITLE.0, PLACE);
        let page = page(&generated, "RAW", "{\"a\":\"</script>\"}");
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{page}");
        assert!(page.contains("<main><h1>Countersign API</h1>") && page.contains("<\\/script>"), "{page}");
        assert!(!page.contains("RAW") && page.contains("MutationObserver"), "{page}");
    }
}
