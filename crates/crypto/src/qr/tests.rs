use std::process::Command;

use countersign_application::enrollment::QrRenderer;
use countersign_core::{Algorithm, Digits, KeyUri, SharedSecret, TotpParameters};

use super::QrCodes;

const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn uri_for(issuer: &str, login: &str) -> KeyUri {
    let secret = SharedSecret::from_base32(SECRET).unwrap();
    KeyUri::new(issuer, login, secret, TotpParameters::DEFAULT).unwrap()
}

fn uris() -> [KeyUri; 2] {
    let long = KeyUri::new(
        &"Größe & Co. ".repeat(5),
        "someone.with.a.rather.long.name@subdomain.example.org",
        SharedSecret::from_bytes(&[0xa5; 64]).unwrap(),
        TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 60).unwrap(),
    );
    [uri_for("Example", "ada@example.org"), long.unwrap()]
}

/// Reads a picture with zbarimg, an independent implementation of the standard.
fn scan(picture: &[u8]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("qr.png");
    std::fs::write(&path, picture).unwrap();
    let output =
        Command::new("zbarimg").args(["--quiet", "--raw", "--nodbus"]).arg(&path).output().unwrap_or_else(|error| {
            panic!("zbarimg is needed to read QR codes back (Debian and Ubuntu: apt install zbar-tools): {error}")
        });
    assert!(
        output.status.success(),
        "zbarimg found no QR code in the picture: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// A picture of `rows`, `scale` pixels a module, where true is dark.
fn picture(rows: &[Vec<bool>], scale: usize) -> Vec<u8> {
    let width = rows[0].len() * scale;
    let mut pixels = Vec::new();
    for row in rows {
        for _ in 0..scale {
            pixels.extend(row.iter().flat_map(|dark| std::iter::repeat_n(if *dark { 0_u8 } else { 255 }, scale)));
        }
    }
    let mut encoded = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut encoded, width as u32, (rows.len() * scale) as u32);
    encoder.set_color(::png::ColorType::Grayscale);
    encoder.set_depth(::png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    encoded
}

/// What a terminal shows: two rows of modules a line.
fn modules_of_terminal(text: &str) -> Vec<Vec<bool>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let line = line.strip_prefix("\u{1b}[38;5;16;48;5;231m").expect("black on white is set on each line");
        let line = line.strip_suffix("\u{1b}[0m").expect("colors are reset on each line");
        let modules = line.chars().map(|character| match character {
            '█' => (true, true),
            '▀' => (true, false),
            '▄' => (false, true),
            ' ' => (false, false),
            other => panic!("{other:?} is no half block"),
        });
        let (upper, lower) = modules.unzip();
        rows.extend([upper, lower]);
    }
    rows
}

/// What the path of an SVG draws.
fn modules_of_svg(svg: &str) -> Vec<Vec<bool>> {
    let width: usize = svg.split_once("viewBox=\"0 0 ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
    let path = svg.split_once(" d=\"").unwrap().1.split('"').next().unwrap();
    let mut rows = vec![vec![false; width]; width];
    for run in path.split_terminator('z') {
        let (position, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = position.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let (length, back) = rest.split_once("v1h-").unwrap();
        assert_eq!(length, back);
        rows[y][x..x + length.parse::<usize>().unwrap()].fill(true);
    }
    rows
}

fn assert_quiet_zone(rows: &[Vec<bool>]) {
    let (width, height) = (rows[0].len(), rows.len());
    for (y, row) in rows.iter().enumerate() {
        for (x, dark) in row.iter().enumerate() {
            let inside = (4..width - 4).contains(&x) && (4..height - 4).contains(&y);
            assert!(inside || !dark, "a dark module in the quiet zone at {x}, {y}");
        }
    }
    // The finder pattern begins where the quiet zone ends.
    assert!(rows[4][4..11].iter().all(|dark| *dark));
}

#[test]
fn the_png_is_read_back_by_another_program() {
    for uri in uris() {
        let png = QrCodes.png(&uri).unwrap();
        assert_eq!(scan(&png), **uri.to_uri());
    }
}

#[test]
fn the_terminal_text_is_read_back_as_a_terminal_would_show_it() {
    for uri in uris() {
        let rows = modules_of_terminal(&QrCodes.terminal(&uri).unwrap());
        assert_quiet_zone(&rows);
        assert_eq!(scan(&picture(&rows, 5)), **uri.to_uri());
    }
}

#[test]
fn the_svg_is_read_back_and_shows_the_same_modules_as_the_others() {
    for uri in uris() {
        let rows = modules_of_svg(&QrCodes.svg(&uri).unwrap());
        assert_quiet_zone(&rows);
        assert_eq!(scan(&picture(&rows, 5)), **uri.to_uri());
        let terminal = modules_of_terminal(&QrCodes.terminal(&uri).unwrap());
        assert_eq!(terminal[..rows.len()], rows[..]);
    }
}

#[test]
fn the_svg_is_an_element_with_a_label_and_without_the_secret_in_words() {
    let svg = QrCodes.svg(&uri_for("<Example & \"Co\">", "ada@example.org")).unwrap();
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "), "{}", &svg[..100]);
    assert!(svg.contains(" role=\"img\" aria-label=\"QR code for your authenticator app\""));
    assert!(svg.contains("fill=\"#fff\"/><path fill=\"#000\""));
    assert!(svg.ends_with("\"/></svg>"));
    for text in [SECRET, "otpauth", "ada", "Example", "<?xml", "style="] {
        assert!(!svg.contains(text), "the SVG contains {text}");
    }
}

#[test]
fn the_png_is_small_and_has_one_gray_bit_a_pixel() {
    let png = QrCodes.png(&uri_for("Example", "ada@example.org")).unwrap();
    let info = ::png::Decoder::new(std::io::Cursor::new(&**png)).read_info().unwrap();
    let info = info.info();
    assert_eq!((info.color_type, info.bit_depth), (::png::ColorType::Grayscale, ::png::BitDepth::One));
    assert_eq!((info.width, info.width % 6), (info.height, 0));
    assert!(png.len() < 4_096, "{} bytes", png.len());
}

/// Names of 200 of the widest characters, the longest secret and parameters.
#[test]
fn the_longest_names_make_a_larger_picture_with_modules_of_the_same_size() {
    let parameters = TotpParameters::new(Algorithm::Sha512, Digits::EIGHT, 86_400).unwrap();
    let secret = || SharedSecret::from_bytes(&[0xa5; 64]).unwrap();
    let new = |issuer: &str, login: &str| KeyUri::new(issuer, login, secret(), parameters).unwrap();
    for uri in [new(&"\u{1f642}".repeat(200), &"語".repeat(200)), new(&"~".repeat(200), &"x".repeat(200))] {
        let svg = QrCodes.svg(&uri).unwrap();
        let rows = modules_of_svg(&svg);
        assert_quiet_zone(&rows);
        let side = rows.len() * 4;
        assert!(svg.contains(&format!(" width=\"{side}\" height=\"{side}\" ")), "{}", &svg[..200]);
        assert_eq!(scan(&picture(&rows, 4)), **uri.to_uri());
        assert_eq!(scan(&QrCodes.png(&uri).unwrap()), **uri.to_uri());
        assert!(QrCodes.terminal(&uri).is_ok());
    }
    let width = |uri: &KeyUri| modules_of_svg(&QrCodes.svg(uri).unwrap()).len();
    assert_eq!(width(&new(&"語".repeat(200), &"語".repeat(200))), 177 + 8);
}
