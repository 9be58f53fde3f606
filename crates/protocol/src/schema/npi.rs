//! The National Provider Identifier of people and places in US health care.

/// Whether ten digits are an NPI: the last one is the Luhn check digit of the others behind the prefix 80840, as the
/// standard for NPIs says (45 CFR 162.406; ISO/IEC 7812). The prefix adds 24 to the sum.
pub fn is_valid(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || text.len() != 10 || !matches!(digits[0], 1 | 2) {
        return false;
    }
    let sum: u32 = digits.iter().rev().enumerate().map(|(place, digit)| weighed(place, *digit)).sum();
    (sum + PREFIX).is_multiple_of(10)
}

/// Every second digit from the right counts twice, and its two digits are added.
const fn weighed(place: usize, digit: u32) -> u32 {
    let twice = digit * 2;
    match place % 2 {
        0 => digit,
        _ if twice > 9 => twice - 9,
        _ => twice,
    }
}

/// What 80840 adds.
const PREFIX: u32 = 24;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_standard_is_one_and_any_other_last_digit_is_none() {
        assert!(is_valid("1234567893"));
        for last in (0..=9).filter(|last| *last != 3) {
            assert!(!is_valid(&format!("123456789{last}")), "{last}");
        }
    }

    #[test]
    fn two_digits_that_changed_places_are_found() {
        assert!(!is_valid("1324567893"));
        assert!(!is_valid("1234657893"));
    }

    #[test]
    fn what_is_not_ten_digits_beginning_with_one_or_two_is_none() {
        for text in ["", "123456789", "12345678930", " 1234567893", "1234 567893", "3234567891", "123456789X"]
        {
            assert!(!is_valid(text), "{text}");
        }
    }
}
