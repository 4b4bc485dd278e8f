//! https://tea.example/inner
fn f<'a>(x: &'a str) -> &'a str { "https://no.example/string" } /// https://tea.example/outer
