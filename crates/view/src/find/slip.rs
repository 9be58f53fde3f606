//! Slips of the finger: a letter missing, too much, another one, or two in each other's place.

/// How many slips a word of so many letters may have.
pub(super) const fn allowed(letters: usize) -> u8 {
    match letters {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// Reads other words letter by letter and counts the slips that make the sought word of them. Going back to where two
/// words part costs nothing, so that a sorted list of words is read as a tree.
#[derive(Debug)]
pub(super) struct Slips<'a> {
    sought: &'a [char],
    most: u8,
    path: Vec<char>,
    /// One row a letter read, one cell a letter sought, and one of each before the first.
    cells: Vec<u8>,
}

/// What is known after a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// No word that begins so is near enough.
    No,
    /// More letters must be read.
    On,
    /// Every word that begins so is near enough.
    Yes,
}

impl<'a> Slips<'a> {
    /// Nothing is read yet.
    pub(super) fn new(sought: &'a [char], most: u8) -> Self {
        Self { sought, most, path: Vec::new(), cells: (0..=sought.len() as u8).collect() }
    }

    /// Goes back to where this word parts from the last one. Gives how many of its letters were read before.
    pub(super) fn back_to(&mut self, word: &str) -> usize {
        let common = word.chars().zip(&self.path).take_while(|(a, b)| a == *b).count();
        self.path.truncate(common);
        self.cells.truncate((common + 1) * self.width());
        common
    }

    /// Reads one letter more.
    pub(super) fn read(&mut self, letter: char) -> Reads {
        let width = self.width();
        let above = self.path.len() * width;
        let before = self.path.last().copied();
        let mut least = self.cells[above].saturating_add(1);
        self.cells.push(least);
        for at in 1..width {
            let same = self.sought[at - 1] == letter;
            let other = self.cells[above + at - 1].saturating_add(u8::from(!same));
            let fewer = self.cells[above + at]
                .saturating_add(1)
                .min(self.cells[above + width + at - 1].saturating_add(1));
            let mut cell = other.min(fewer);
            if at > 1
                && above >= width
                && before == Some(self.sought[at - 1])
                && self.sought[at - 2] == letter
            {
                cell = cell.min(self.cells[above - width + at - 2] + 1);
            }
            self.cells.push(cell);
            least = least.min(cell);
        }
        self.path.push(letter);
        match () {
            () if least > self.most => Reads::No,
            () if self.path.len() >= self.sought.len() && self.is_near() => Reads::Yes,
            () => Reads::On,
        }
    }

    /// Whether what was read so far is near enough as a whole word.
    pub(super) fn is_near(&self) -> bool {
        self.cells.last().is_some_and(|last| *last <= self.most)
    }

    fn width(&self) -> usize {
        self.sought.len() + 1
    }
}

/// Whether a word, or how it begins, is the sought one but for so many slips.
pub(super) fn is_slip(sought: &[char], most: u8, word: &str) -> bool {
    let mut slips = Slips::new(sought, most);
    for letter in word.chars() {
        match slips.read(letter) {
            Reads::No => return false,
            Reads::Yes => return true,
            Reads::On => {}
        }
    }
    slips.is_near()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_in_a_short_word_two_in_a_long_one() {
        let near = |sought: &str, word| {
            let sought: Vec<char> = sought.chars().collect();
            is_slip(&sought, allowed(sought.len()), word)
        };
        for (sought, word) in [
            ("mercy", "mercy"),
            ("mercey", "mercy"),
            ("mecry", "mercy"),
            ("mery", "mercy"),
            ("merzy", "mercy"),
            ("hosptial", "hospital"),
            ("hospitel", "hospitals"),
            ("rehablitaton", "rehabilitation"),
            ("smth", "smith"),
            ("\u{5d7}\u{5d5}\u{5dc}\u{5d9}", "\u{5d7}\u{5dc}\u{5d9}"),
        ] {
            assert!(near(sought, word), "{sought} {word}");
        }
        for (sought, word) in
            [("mrcey", "mercy"), ("elk", "elm"), ("card", "hospice"), ("hospital", "hospice"), ("card", "ca")]
        {
            assert!(!near(sought, word), "{sought} {word}");
        }
    }

    #[test]
    fn read_as_a_tree_is_read_one_by_one() {
        let list = ["mer", "merc", "mercer", "mercy", "merrcy", "mircy", "mrecy"];
        let sought: Vec<char> = "mercy".chars().collect();
        let mut slips = Slips::new(&sought, 1);
        for word in list {
            let common = slips.back_to(word);
            let mut reads = Reads::On;
            for letter in word.chars().skip(common) {
                reads = slips.read(letter);
                if reads != Reads::On {
                    break;
                }
            }
            let near = reads == Reads::Yes || (reads == Reads::On && slips.is_near());
            assert_eq!(near, is_slip(&sought, 1, word), "{word}");
        }
    }
}
