using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Wharf.Primitives;

/// <summary>
/// Escapes strings exactly as Go's encoding/json does by default, because image ids are digests of JSON bytes: quote, backslash and
/// control characters; <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> as lower-case \u003c and so on; U+2028 and U+2029; nothing else.
/// </summary>
public sealed class GoJsonEncoder : JavaScriptEncoder
{
    public static readonly GoJsonEncoder Instance = new();

    private GoJsonEncoder()
    {
    }

    public override int MaxOutputCharactersPerInputCharacter => 6;

    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        var span = new ReadOnlySpan<char>(text, textLength);
        int offset = 0;
        while (true)
        {
            int index = span[offset..].IndexOfAny(Table.Escaped);
            if (index < 0)
            {
                return -1;
            }

            index += offset;
            if (Rune.DecodeFromUtf16(span[index..], out Rune rune, out int consumed) != OperationStatus.Done || WillEncode(rune.Value))
            {
                return index;
            }

            offset = index + consumed;
        }
    }

    public override bool WillEncode(int unicodeScalar) =>
        unicodeScalar < 0x20 || unicodeScalar is '"' or '\\' or '<' or '>' or '&' or 0x2028 or 0x2029;

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        var output = new Span<char>(buffer, bufferLength);
        string? pair = unicodeScalar switch
        {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\b' => "\\b",
            '\f' => "\\f",
            _ => null,
        };
        if (pair is not null)
        {
            numberOfCharactersWritten = pair.TryCopyTo(output) ? pair.Length : 0;
            return numberOfCharactersWritten > 0;
        }

        if (WillEncode(unicodeScalar))
        {
            bool written = output.TryWrite($"\\u{unicodeScalar:x4}", out numberOfCharactersWritten);
            return written;
        }

        return new Rune(unicodeScalar).TryEncodeToUtf16(output, out numberOfCharactersWritten);
    }

    // Apart from the encoder, for whom another encoder asks: the table takes longer to make than a request to write.
    private static class Table
    {
        // Everything that is ever escaped, as UTF-16: lets the common string pass without a look at each rune.
        internal static readonly SearchValues<char> Escaped = SearchValues.Create(
            string.Concat(Enumerable.Range(0, 0x20).Select(i => (char)i)) + "\"\\<>&\u2028\u2029\ufffd"
            + string.Concat(Enumerable.Range(0xD800, 0x800).Select(i => (char)i)));
    }
}
