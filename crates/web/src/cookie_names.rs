//! The names of the cookies, where two installations share a host. Cookies know neither ports nor processes (RFC 6265, section
//! 8.5): what one keeps in a browser, the other is sent. Inside, they have one name each; at the edge, the one that was set.

use poem::http::header::Entry;
use poem::http::{HeaderMap, HeaderName, HeaderValue, header};
use poem::{Endpoint, IntoResponse, Request, Response};

/// How the names begin inside.
const INSIDE: &str = "__Host-countersign-";

/// The pages, with cookies whose names are this installation's own.
pub struct OwnCookies<E> {
    pages: E,
    /// How the names begin in browsers; `None` where that is as inside.
    outside: Option<String>,
}

/// The pages, with cookies called `__Host-PREFIX-…`. A prefix has letters, digits and hyphens only.
pub fn with_cookies_of<E: Endpoint<Output = Response>>(prefix: &str, pages: E) -> OwnCookies<E> {
    let outside = format!("__Host-{prefix}-");
    OwnCookies { pages, outside: (outside != INSIDE).then_some(outside) }
}

impl<E: Endpoint<Output = Response>> Endpoint for OwnCookies<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let Some(outside) = &self.outside else { return self.pages.call(request).await };
        rewrite(request.headers_mut(), &header::COOKIE, |line| {
            let pairs = line.split(|byte| *byte == b';').map(<[u8]>::trim_ascii_start);
            // One that is called as inside is another installation's, unless that is how this one's name begins.
            let ours = pairs.filter(|it| it.starts_with(outside.as_bytes()) || !it.starts_with(INSIDE.as_bytes()));
            let renamed: Vec<Vec<u8>> = ours.map(|pair| renamed(pair, outside, INSIDE)).collect();
            renamed.join(&b"; "[..])
        });
        let mut response = self.pages.call(request).await?.into_response();
        rewrite(response.headers_mut(), &header::SET_COOKIE, |line| renamed(line, INSIDE, outside));
        Ok(response)
    }
}

/// A cookie with the beginning of its name changed, where it has that beginning.
fn renamed(cookie: &[u8], from: &str, to: &str) -> Vec<u8> {
    cookie.strip_prefix(from.as_bytes()).map_or_else(|| cookie.to_vec(), |rest| [to.as_bytes(), rest].concat())
}

fn rewrite(headers: &mut HeaderMap, name: &HeaderName, change: impl Fn(&[u8]) -> Vec<u8>) {
    let Entry::Occupied(mut lines) = headers.entry(name) else { return };
    for value in lines.iter_mut() {
        let changed = HeaderValue::from_bytes(&change(value.as_bytes()));
        // A part of a value that is legal, or letters, digits and hyphens: it is legal as well.
        if let Ok(mut changed) = changed {
            changed.set_sensitive(value.is_sensitive());
            *value = changed;
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::endpoint::make_sync;

    use super::*;

    /// What the pages are sent, as they tell it by cookies of their own.
    async fn through(prefix: &str, cookies: &'static str) -> (String, String) {
        let pages = make_sync(|request: Request| {
            let seen = request.headers().get(header::COOKIE).map(|line| line.to_str().unwrap().to_owned());
            let set = "__Host-countersign-session=new; Path=/; Secure";
            Response::builder().header(header::SET_COOKIE, set).body(seen.unwrap_or_default())
        });
        let request = Request::builder().header(header::COOKIE, cookies).finish();
        let mut response = with_cookies_of(prefix, pages).call(request).await.unwrap();
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        (response.take_body().into_string().await.unwrap(), set)
    }

    #[tokio::test]
    async fn the_usual_names_are_left_as_they_are() {
        let (seen, set) = through("countersign", "a=b; __Host-countersign-session=1").await;
        assert_eq!(seen, "a=b; __Host-countersign-session=1");
        assert_eq!(set, "__Host-countersign-session=new; Path=/; Secure");
    }

    #[tokio::test]
    async fn an_installation_sees_its_own_cookies_and_none_of_another() {
        let cookies = "__Host-countersign-session=theirs;__Host-shop-session=ours; __Host-shop-2-session=third; a=b";
        let (seen, set) = through("shop", cookies).await;
        assert_eq!(seen, "__Host-countersign-session=ours; __Host-countersign-2-session=third; a=b");
        assert_eq!(set, "__Host-shop-session=new; Path=/; Secure");
    }

    #[tokio::test]
    async fn a_prefix_may_begin_as_the_usual_one_does() {
        let (seen, set) =
            through("countersign-2", "__Host-countersign-session=1; __Host-countersign-2-session=2").await;
        assert_eq!(seen, "__Host-countersign-session=2");
        assert_eq!(set, "__Host-countersign-2-session=new; Path=/; Secure");
    }
}
