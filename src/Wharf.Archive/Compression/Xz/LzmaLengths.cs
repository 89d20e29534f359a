namespace Wharf.Archive.Compression.Xz;

/// <summary>The code for match lengths, 0 to 271 (two are added by the caller).</summary>
internal sealed class LzmaLengths
{
    private const ushort Even = 1024;

    private readonly ushort[] _choice = new ushort[2];
    private readonly ushort[] _low = new ushort[16 * 8];
    private readonly ushort[] _middle = new ushort[16 * 8];
    private readonly ushort[] _high = new ushort[256];

    public void Reset()
    {
        _choice.AsSpan().Fill(Even);
        _low.AsSpan().Fill(Even);
        _middle.AsSpan().Fill(Even);
        _high.AsSpan().Fill(Even);
    }

    public int Decode(ref LzmaRange range, int positionState) =>
        range.Bit(ref _choice[0]) == 0 ? range.Tree(_low.AsSpan(positionState * 8, 8), 3)
        : range.Bit(ref _choice[1]) == 0 ? 8 + range.Tree(_middle.AsSpan(positionState * 8, 8), 3)
        : 16 + range.Tree(_high, 8);
}
