//! Letters as they are looked for: small, without accents, without what is not seen.

/// Case, accents and typographic apostrophes do not matter when looking for something.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{2018}' | '\u{2019}' | '\u{2bc}' => folded.push('\''),
            c if is_passed_over(c) => {}
            c => plain(c, |c| folded.push(c)),
        }
    }
    folded
}

/// What a letter is looked for as: one small letter without its accent, seldom two.
pub(crate) fn plain(c: char, mut put: impl FnMut(char)) {
    for c in c.to_lowercase() {
        let base = match c {
            '\u{df}' => {
                put('s');
                's'
            }
            '\u{e6}' | '\u{1e3}' | '\u{1fd}' => {
                put('a');
                'e'
            }
            '\u{153}' => {
                put('o');
                'e'
            }
            '\u{fe}' => {
                put('t');
                'h'
            }
            '\u{c0}'..='\u{24f}' => LATIN.as_bytes()[c as usize - 0xc0].into(),
            '\u{1e00}'..='\u{1eff}' => LATIN_MORE.as_bytes()[c as usize - 0x1e00].into(),
            c if is_passed_over(c) => continue,
            c => c,
        };
        put(if base == '.' { c } else { base });
    }
}

/// What nobody types who looks for a word: accents that stand apart, vowel points, what joins or turns letters.
pub(crate) const fn is_passed_over(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
        | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}')
}

/// The letter below the accent of each character from U+00C0 to U+024F; a point where there is none.
const LATIN: &str = "\
    aaaaaa.ceeeeiiiidnooooo.ouuuuy..aaaaaa.ceeeeiiiidnooooo.ouuuuy.yaaaaaaccccccccddddeeeeee\
    eeeegggggggghhhhiiiiiiiiiiiijjkk.llllllllllnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuu\
    uuuuwwyyyzzzzzzsbb.......dd............i........oo.............uu...................dddl\
    llnnnaaiioouuuuuuuuuu.aaaa....ggkkoooo..jdddgg..nnaa....aaaaeeeeiiiioooorrrruuuusstt..hh\
    ......aaeeooooooooyy...............b............";

/// The same from U+1E00 to U+1EFF.
const LATIN_MORE: &str = "\
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppp\
    rrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas....aaaaaaaaaaaaaaaa\
    aaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy......";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_fall_away_and_other_scripts_stay() {
        assert_eq!((LATIN.len(), LATIN_MORE.len()), (0x250 - 0xc0, 0x100));
        for (text, folded) in [
            ("ST. MARY\u{2019}S", "st. mary's"),
            ("Jos\u{e9} Nu\u{f1}ez", "jose nunez"),
            ("Jose\u{301}", "jose"),
            ("\u{c5}ngstr\u{f6}m \u{d8}rsted \u{141}\u{f3}d\u{17a}", "angstrom orsted lodz"),
            ("Nguy\u{1ec5}n", "nguyen"),
            ("Stra\u{df}e \u{c6}on \u{152}uvre", "strasse aeon oeuvre"),
            ("\u{130}zmir", "izmir"),
            ("\u{5e9}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
            ("\u{43f}\u{440}\u{418}", "\u{43f}\u{440}\u{438}"),
            ("\u{1f44d}\u{1f3fd}", "\u{1f44d}"),
            ("3 \u{d7} 4", "3 \u{d7} 4"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }
}
