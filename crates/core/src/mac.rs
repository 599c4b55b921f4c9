//! HMAC of counters.
//!
//! This is the hot path of every verification, and HMAC of one counter is of a fixed shape: one block for the inner
//! hash, one for the outer. Built straight on the compression functions of `sha1` and `sha2`, a window of three steps
//! takes about three quarters of what it takes with the `hmac` crate's general buffers, which are cloned, finalized, and
//! wiped for each step. The tests compare both on random secrets and counters.

use core::ops::RangeInclusive;

use sha1::block_api::compress;
use sha2::block_api::{compress256, compress512};
use zeroize::optimization_barrier;

use crate::{Algorithm, SharedSecret};

const COUNTER_BYTES: usize = 8;
const INNER_PAD: u8 = 0x36;
const OUTER_PAD: u8 = 0x5c;

/// How many counters are worked on at a time.
///
/// A compression loads its block in wide pieces, and waits if these were stored in narrow pieces just before. With
/// three blocks written before the first is compressed (the usual window), the stores are done by then.
const BATCH: usize = 3;

/// Computes the truncated HMAC values (RFC 4226, section 5.3, step 2) of `counters` in order, with the key set up
/// once, and gives each counter and value to `each`.
pub(crate) fn truncated_hmacs(
    secret: &SharedSecret,
    algorithm: Algorithm,
    counters: RangeInclusive<u64>,
    each: impl FnMut(u64, u32),
) {
    match algorithm {
        Algorithm::Sha1 => CounterMac::<Sha1>::new(secret).run(counters, each),
        Algorithm::Sha256 => CounterMac::<Sha256>::new(secret).run(counters, each),
        Algorithm::Sha512 => CounterMac::<Sha512>::new(secret).run(counters, each),
    }
}

/// A hash function, as far as HMAC of a counter needs it.
trait Hash {
    type State: Copy;
    type Block: Copy + AsMut<[u8]>;

    /// The state before the first block (FIPS 180-4, section 5.3).
    const INITIAL: Self::State;
    /// All zeros.
    const EMPTY_STATE: Self::State;
    /// All zeros.
    const EMPTY_BLOCK: Self::Block;
    /// The second block of the inner hash, its counter 0.
    const MESSAGE: Self::Block;
    /// The second block of the outer hash, its digest all zeros.
    const DIGEST: Self::Block;

    fn compress(state: &mut Self::State, block: &Self::Block);

    /// Truncates a digest.
    fn truncate(state: &Self::State) -> u32;

    /// Writes the digest at the beginning of `out`.
    fn write_digest(state: &Self::State, out: &mut [u8]);
}

/// HMAC (RFC 2104) with its key set up, for messages of eight bytes. Zeroized when dropped.
struct CounterMac<H: Hash> {
    /// The state after the block of the key and the inner pad.
    inner: H::State,
    /// The state after the block of the key and the outer pad.
    outer: H::State,
    /// The second blocks of the inner hashes: counter and padding.
    messages: [H::Block; BATCH],
    /// The second blocks of the outer hashes: inner digest and padding.
    digests: [H::Block; BATCH],
}

impl<H: Hash> CounterMac<H> {
    fn new(secret: &SharedSecret) -> Self {
        // No secret is longer than the shortest block, so that none needs to be hashed first (RFC 2104, section 2).
        const { assert!(SharedSecret::MAXIMUM_BYTES <= 64) };
        let mut mac =
            Self { inner: H::INITIAL, outer: H::INITIAL, messages: [H::MESSAGE; BATCH], digests: [H::DIGEST; BATCH] };
        let mut block = H::EMPTY_BLOCK;
        for (slot, byte) in block.as_mut().iter_mut().zip(secret.expose()) {
            *slot = *byte;
        }
        xor(block.as_mut(), INNER_PAD);
        H::compress(&mut mac.inner, &block);
        xor(block.as_mut(), INNER_PAD ^ OUTER_PAD);
        H::compress(&mut mac.outer, &block);
        block = H::EMPTY_BLOCK;
        optimization_barrier(&block);
        mac
    }

    fn run(mut self, mut counters: RangeInclusive<u64>, mut each: impl FnMut(u64, u32)) {
        loop {
            let mut batch = [0_u64; BATCH];
            let mut length = 0;
            for (slot, counter) in batch.iter_mut().zip(&mut counters) {
                *slot = counter;
                length += 1;
            }
            let (batch, _) = batch.split_at(length);
            if batch.is_empty() {
                return;
            }
            self.run_batch(batch, &mut each);
        }
    }

    fn run_batch(&mut self, batch: &[u64], each: &mut impl FnMut(u64, u32)) {
        for (message, counter) in self.messages.iter_mut().zip(batch) {
            if let Some(slot) = message.as_mut().first_chunk_mut() {
                *slot = counter.to_be_bytes();
            }
        }
        let mut states = [self.inner; BATCH];
        for ((state, message), _) in states.iter_mut().zip(&self.messages).zip(batch) {
            H::compress(state, message);
        }
        for ((state, digest), _) in states.iter().zip(&mut self.digests).zip(batch) {
            H::write_digest(state, digest.as_mut());
        }
        states = [self.outer; BATCH];
        for ((state, digest), counter) in states.iter_mut().zip(&self.digests).zip(batch) {
            H::compress(state, digest);
            each(*counter, H::truncate(state));
        }
    }
}

impl<H: Hash> Drop for CounterMac<H> {
    fn drop(&mut self) {
        self.inner = H::EMPTY_STATE;
        self.outer = H::EMPTY_STATE;
        self.messages = [H::EMPTY_BLOCK; BATCH];
        self.digests = [H::EMPTY_BLOCK; BATCH];
        // Without it the compiler may leave the stores out, since nothing reads them.
        optimization_barrier(self);
    }
}

fn xor(block: &mut [u8], pad: u8) {
    for byte in block {
        *byte ^= pad;
    }
}

/// The second and last block of a hash, which the message fills up to `length` (FIPS 180-4, section 5.1).
const fn padded<const BYTES: usize>(length: usize) -> [u8; BYTES] {
    let mut block = [0; BYTES];
    block[length] = 0x80;
    // Both blocks together have at most 256 bytes, 2,048 bits: the two last bytes of the length hold that.
    let bits = 8 * (BYTES + length);
    block[BYTES - 2] = (bits >> 8) as u8;
    block[BYTES - 1] = bits as u8;
    block
}

/// Dynamic truncation (RFC 4226, section 5.3, step 2). The low four bits of the last byte reach the 19th byte at most, and
/// no digest is shorter than 20.
fn truncate(digest: &[u8]) -> u32 {
    let offset = usize::from(digest.last().copied().unwrap_or_default() & 0x0f);
    let window = digest.get(offset..).and_then(<[u8]>::first_chunk);
    u32::from_be_bytes(window.copied().unwrap_or_default()) & 0x7fff_ffff
}

struct Sha1;
struct Sha256;
struct Sha512;

impl Hash for Sha1 {
    type State = [u32; 5];
    type Block = [u8; 64];

    const INITIAL: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    const EMPTY_STATE: [u32; 5] = [0; 5];
    const EMPTY_BLOCK: [u8; 64] = [0; 64];
    const MESSAGE: [u8; 64] = padded(COUNTER_BYTES);
    const DIGEST: [u8; 64] = padded(20);

    fn compress(state: &mut [u32; 5], block: &[u8; 64]) {
        compress(state, core::slice::from_ref(block));
    }

    fn truncate(state: &[u32; 5]) -> u32 {
        let mut digest = [0; 20];
        Self::write_digest(state, &mut digest);
        truncate(&digest)
    }

    fn write_digest(state: &[u32; 5], out: &mut [u8]) {
        for (slot, word) in out.chunks_exact_mut(4).zip(state) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
    }
}

impl Hash for Sha256 {
    type State = [u32; 8];
    type Block = [u8; 64];

    const INITIAL: [u32; 8] =
        [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];
    const EMPTY_STATE: [u32; 8] = [0; 8];
    const EMPTY_BLOCK: [u8; 64] = [0; 64];
    const MESSAGE: [u8; 64] = padded(COUNTER_BYTES);
    const DIGEST: [u8; 64] = padded(32);

    fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
        compress256(state, core::slice::from_ref(block));
    }

    fn truncate(state: &[u32; 8]) -> u32 {
        let mut digest = [0; 32];
        Self::write_digest(state, &mut digest);
        truncate(&digest)
    }

    fn write_digest(state: &[u32; 8], out: &mut [u8]) {
        for (slot, word) in out.chunks_exact_mut(4).zip(state) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
    }
}

impl Hash for Sha512 {
    type State = [u64; 8];
    type Block = [u8; 128];

    const INITIAL: [u64; 8] = [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ];
    const EMPTY_STATE: [u64; 8] = [0; 8];
    const EMPTY_BLOCK: [u8; 128] = [0; 128];
    const MESSAGE: [u8; 128] = padded(COUNTER_BYTES);
    const DIGEST: [u8; 128] = padded(64);

    fn compress(state: &mut [u64; 8], block: &[u8; 128]) {
        compress512(state, core::slice::from_ref(block));
    }

    fn truncate(state: &[u64; 8]) -> u32 {
        let mut digest = [0; 64];
        Self::write_digest(state, &mut digest);
        truncate(&digest)
    }

    fn write_digest(state: &[u64; 8], out: &mut [u8]) {
        for (slot, word) in out.chunks_exact_mut(8).zip(state) {
            slot.copy_from_slice(&word.to_be_bytes());
        }
    }
}
