//! `keysift inventory export --format html`.

use super::organisation::{ALICE, NOW, Organisation, planted};
use crate::harness::secret;

fn page(organisation: &Organisation) -> String {
    organisation
        .keysift(&["inventory", "export", "--format", "html"])
        .exits(0)
        .stdout
}

#[test]
fn the_page_tells_what_is_due_whose_it_is_and_how_old_it_is() {
    let organisation = Organisation::new();
    organisation.update();
    let page = page(&organisation);
    // Worked out by hand from the organisation's commits.
    for told in [
        "10 identities, 12 failures, 10 warnings; 0 waived",
        "aria-label=\"Identities by kind. api-key: 2, ",
        // In days: 0, 0, 5, 6, 62, 79, 91, 183, 386, 701.
        "aria-label=\"Age of identities. under a week: 4, under a month: 0, under 3 months: 3, under a year: 1, under 3 years: 2, longer: 0, not known: 0\"",
        // Taken out after 14 days by hand, and after 375 by a rotation.
        "aria-label=\"Lay open before removal. under a week: 0, under a month: 1, under 3 months: 0, under a year: 0, under 3 years: 1, longer: 0, not known: 0\"",
        "<th scope=\"row\" class=\"time\">2026-02-06</th>",
        "certificate of api.acme.example expires",
        "Carol left on 2025-09-30",
        "<th scope=\"row\" class=\"text\">Carol</th><td class=\"number\">1</td><td class=\"number\">3</td><td class=\"number\">1</td><td class=\"text\">has left</td>",
    ] {
        assert!(page.contains(told), "{told} in {page}");
    }
    for (name, secret) in planted() {
        assert!(!page.contains(&secret), "{name}");
    }
    assert!(!page.contains("incomplete"));
}

#[test]
fn names_of_people_and_files_are_shown_and_never_taken_for_markup() {
    let organisation = Organisation::new();
    let name = "<img src=x onerror=alert(1)>&\"'.env";
    let line = format!("SLACK = '{}'\n", secret("slack-webhook-url", 51));
    let hostile = super::organisation::Author("<script>alert(1)</script>", "x@acme.example");
    organisation.commit("mobile", hostile, "2026-01-29", name, &line);
    organisation.commit(
        "mobile",
        ALICE,
        "2026-01-30",
        "catalog-info.yaml",
        "spec:\n  owner: \"</style><b>\"\n",
    );
    organisation.update_one("mobile").exits(0);
    let page = page(&organisation);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
    assert!(
        page.contains("&lt;/style&gt;&lt;b&gt;"),
        "the owner is told"
    );
    assert_eq!(page.matches("</style>").count(), 1);
}

#[test]
fn an_incomplete_scan_is_told_first_and_an_empty_inventory_is_a_page() {
    let organisation = Organisation::new();
    organisation.place.write("tree/deep.bin", "x");
    organisation
        .keysift(&["inventory", "update", "tree"])
        .exits(0);
    let page = page(&organisation);
    for told in ["0 identities", "No identity has a risk.", NOW] {
        assert!(page.contains(told), "{told}");
    }
}
