/// 32 bytes that differ for different parts, as far as tests go: FNV-1a in four lanes, each part behind its length.
pub(super) fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (lane, chunk) in (1_u64..).zip(bytes.chunks_mut(8)) {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64.wrapping_mul(lane);
        for part in parts {
            for byte in (part.len() as u64).to_be_bytes().iter().chain(*part) {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        chunk.copy_from_slice(&(hash ^ (hash >> 29)).to_be_bytes());
    }
    bytes
}
