using System.Text;
using System.Text.Encodings.Web;

namespace Wharf.Primitives;

/// <summary>Go's JSON escapes with <c>SetEscapeHTML(false)</c>: as <see cref="GoJsonEncoder"/>, but &lt;, &gt; and &amp; stay.</summary>
public sealed class PlainJsonEncoder : JavaScriptEncoder
{
    public static readonly PlainJsonEncoder Instance = new();

    private PlainJsonEncoder()
    {
    }

    public override int MaxOutputCharactersPerInputCharacter => GoJsonEncoder.Instance.MaxOutputCharactersPerInputCharacter;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        int index = 0;
        while (index < textLength)
        {
            if (span[index] is >= ' ' and <= '~' and not ('"' or '\\'))
            {
                index++;
                continue;
            }

            Rune.DecodeFromUtf16(span[index..], out Rune rune, out int consumed);
            if (WillEncode(rune.Value) || rune == Rune.ReplacementChar)
            {
                return index;
            }

            index += consumed;
        }

        return -1;
    }

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar is not ('<' or '>' or '&') && GoJsonEncoder.Instance.WillEncode(unicodeScalar);

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        if (unicodeScalar is '<' or '>' or '&')
        {
            numberOfCharactersWritten = bufferLength > 0 ? 1 : 0;
            if (bufferLength > 0)
            {
                *buffer = (char)unicodeScalar;
            }

            return bufferLength > 0;
        }

        return GoJsonEncoder.Instance.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
    }
}
