//! Takes out the tags of HTML and XML, with their attributes, and what is no text of a page.

/// Elements whose content nobody reads.
const UNREAD: &[&str] = &["script", "style", "textarea", "template", "svg"];

/// The text without its markup. What is left open takes the rest with it.
pub(super) fn removed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        out.push_str(before);
        let inside = tag.get(1..).unwrap_or_default();
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            out.push('<');
            rest = inside;
            continue;
        }
        out.push(' ');
        rest = behind(inside).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// What follows the tag that begins here; `None` where it does not end.
fn behind(inside: &str) -> Option<&str> {
    let after = |end: &str| inside.find(end).and_then(|at| inside.get(at + end.len()..));
    if inside.starts_with("!--") {
        return after("-->");
    }
    if inside.starts_with("![CDATA[") {
        return after("]]>");
    }
    let mut quote = None;
    let mut end = None;
    for (at, character) in inside.char_indices() {
        match (quote, character) {
            (None, '>') => {
                end = Some(at);
                break;
            }
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    let rest = inside.get(end? + 1..)?;
    let name = inside
        .split(|c: char| !c.is_ascii_alphanumeric())
        .next()?
        .to_ascii_lowercase();
    if !UNREAD.contains(&name.as_str()) || inside.get(..end?)?.ends_with('/') {
        return Some(rest);
    }
    // To the closing tag, however it is written.
    let mut from = 0;
    while let Some(at) = rest.get(from..)?.find("</") {
        from += at + 2;
        let closing = rest.get(from..from + name.len());
        if closing.is_some_and(|closing| closing.eq_ignore_ascii_case(&name)) {
            return rest.get(from..)?.find('>').and_then(|end| rest.get(from + end + 1..));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::removed;

    #[test]
    fn tags_go_and_text_stays() {
        for (text, expected) in [
            ("a<b>c</b>d", "a c d"),
            ("<a x='>' y=\">\">b", " b"),
            ("1 < 2 <3", "1 < 2 <3"),
            ("<!-- <p> -->a<![CDATA[ > ]]>b", " a b"),
            (
                "<STYLE>p > q</Style >a<script src=x />b<script>'</a>'</script>c",
                " a b c",
            ),
            ("a<b", "a "),
            ("a<script>b", "a "),
            ("<input name=\"code\" value=\"S\"/>go", " go"),
        ] {
            assert_eq!(removed(text), expected, "{text}");
        }
    }
}
