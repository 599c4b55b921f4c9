//! QR codes as SVG.

use std::fmt::Write;

use zeroize::Zeroizing;

use super::Modules;

/// Pixels a side of a module, where the page does not say otherwise: large enough for a camera in front of a screen.
const SCALE: usize = 4;

/// An `svg` element to be put into a page or served as an image: no XML declaration, black on white whatever the page's
/// colors are, and a label that says what it is but not what it says.
pub(super) fn draw(modules: &Modules) -> Zeroizing<String> {
    let width = modules.width();
    let side = width * SCALE;
    // At most 21 bytes for each run of dark modules, and a run is followed by a light module. Enough from the start:
    // growing would leave copies behind.
    let mut svg = Zeroizing::new(String::with_capacity(512 + 21 * width * width.div_ceil(2)));
    // Writing to a string does not fail.
    let _ = write!(
        *svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {width}\" width=\"{side}\" height=\"{side}\" \
         role=\"img\" aria-label=\"QR code for your authenticator app\" shape-rendering=\"crispEdges\">\
         <rect width=\"{width}\" height=\"{width}\" fill=\"#fff\"/><path fill=\"#000\" d=\""
    );
    for y in 0..width {
        let mut x = 0;
        while x < width {
            let run = (x..width).take_while(|x| modules.is_dark(*x, y)).count();
            if run > 0 {
                let _ = write!(*svg, "M{x} {y}h{run}v1h-{run}z");
            }
            x += run.max(1);
        }
    }
    svg.push_str("\"/></svg>");
    svg
}
