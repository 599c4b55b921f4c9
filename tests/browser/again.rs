//! What people do to every form beside sending it: they send it again, because they pressed Stop, reloaded, or pressed twice, and
//! they go back. The forms are those of the route table: one that is new is tested without anyone thinking of it.

use countersign_tests::Answer;
use countersign_tests::browser::Jar;

use crate::inhabited::Inhabited;
use crate::kept::{expect_unchanged, kept};
use crate::routes::{Route, forms};
use crate::without_browser::form_token_of;

/// Each sending of these is another attempt: of a password, or of going on as somebody.
const ATTEMPTS: [&str; 2] = ["/sign-in", "/sign-in/continue"];

/// So many of the forms do what they are there for, or more; the others lack a link or a challenge here, or a right code.
const DONE: usize = 20;

/// What the page of a form gives it to repeat; where the form is on another page, what that gives.
fn token(jar: &mut Jar, address: &str) -> String {
    for page in [address, "/security/enroll"] {
        let page = jar.get(page);
        if page.status == 200 && page.text().contains("name=\"form_token\"") {
            return form_token_of(&page);
        }
    }
    panic!("no page gives a form anything to repeat");
}

/// Sends a form, sends it again, goes back; answers whether it was carried out.
fn is_carried_out_once(form: &Route) -> bool {
    let mut place = Inhabited::new();
    let proof = place.owner.recovery_code();
    let mut jar = place.owner_at_the_pages();
    let address = place.address(&form.path);
    let token = token(&mut jar, &address);
    let mut fields = place.fields(&form.path, &place.owner.account);
    if form.path == "/sign-out" {
        // Its session is gone afterwards, and what was typed would be kept on a page; nothing is typed there.
        fields.clear();
    }
    fields.extend([("form_token", &*token), ("proof_code", &*proof)]);
    let before_it = jar.clone();
    let first = jar.post_as_is(&address, &fields);
    let after = kept(place.deployment());
    // From a window in which the first answer never arrived, with the cookies of before and of after.
    for (what, mut window) in [("with the cookies of before", before_it), ("with those of after", jar.clone())] {
        let again = window.post_as_is(&address, &fields);
        let told = (again.status, again.header("location"));
        let same = told == (first.status, first.header("location"));
        // Whoever has ended their session by it is led to the sign-in.
        let is_signed_out = told == (303, "/sign-in");
        assert!(same || is_signed_out, "{} {what}: {told:?} after {}", form.path, line(&first));
        expect_unchanged(place.deployment(), &after, &format!("{} sent again {what}", form.path));
    }
    if form.get {
        let back = jar.get(&address);
        assert!([200, 303, 403, 404, 410].contains(&back.status), "back to {}: {}", form.path, line(&back));
        expect_unchanged(place.deployment(), &after, &format!("going back to {}", form.path));
    }
    first.status == 303 && first.header("location") != "/sign-in"
}

fn line(answer: &Answer) -> String {
    format!("{} {:?} {}", answer.status, answer.header("location"), answer.text())
}

#[test]
fn every_form_that_is_sent_again_is_carried_out_once_and_told_again() {
    let forms = forms();
    let tested: Vec<&Route> = forms.iter().filter(|form| !ATTEMPTS.contains(&&*form.path)).collect();
    let done: Vec<&str> = tested.iter().filter(|form| is_carried_out_once(form)).map(|form| &*form.path).collect();
    assert!(done.len() >= DONE, "{} of {}: {done:?}", done.len(), tested.len());
}
