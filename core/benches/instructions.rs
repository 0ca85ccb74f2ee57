//! Runs one case a number of times, for counting instructions from outside: `scripts/instructions` does.

#![allow(missing_docs, clippy::print_stdout, clippy::expect_used)]

mod cases;

use cases::Cases;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (Some(name), Some(count)) = (
        arguments.next(),
        arguments.next().and_then(|count| count.parse::<usize>().ok()),
    ) else {
        println!("{}", Cases::NAMES.join("\n"));
        return;
    };
    let cases = Cases::new().expect("the cases are fixed");
    let mut total = 0;
    for _ in 0..count {
        total += cases.run(std::hint::black_box(&name));
    }
    assert!(total >= count, "`{name}` does not work");
}
