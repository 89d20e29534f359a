using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Runtime.Logging;

namespace Wharf.Shim.Tests.Logging;

public sealed class GoJsonBytesTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("\"\\", "\\\"\\\\")]
    [InlineData("\t\r\n\b\f\u001b[0m\u007f", "\\u0009\\r\\n\\u0008\\u000c\\u001b[0m\u007f")]
    [InlineData("<a href='x'>&</a>", "\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e")]
    [InlineData("a\u2028b\u2029c\u2027", "a\\u2028b\\u2029c\u2027")]
    [InlineData("grüße 世界 🐳", "grüße 世界 🐳")]
    [InlineData("\ufffd", "\ufffd")]
    public void Escape_Text_IsWhatGoWrites(string text, string expected) => Assert.Equal(expected, Escape(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData(new byte[] { 0xff }, "\\ufffd")]
    [InlineData(new byte[] { 0xe4, 0xb8 }, "\\ufffd\\ufffd")]
    [InlineData(new byte[] { (byte)'a', 0xf0, 0x9f, 0x90, (byte)'b' }, "a\\ufffd\\ufffd\\ufffdb")]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 }, "\\ufffd\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xc0, 0xaf }, "\\ufffd\\ufffd")]
    [InlineData(new byte[] { 0xe2, 0x80, 0xa8, 0xff }, "\\u2028\\ufffd")]
    public void Escape_InvalidUtf8_GivesOneReplacementForEachByte(byte[] bytes, string expected) => Assert.Equal(expected, Escape(bytes));

    [Fact]
    public void Escape_EveryByteAtEveryPlace_EqualsTheReference()
    {
        // Blocks of sixteen, their seams and their rests.
        for (int length = 1; length <= 50; length++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] line = [.. Enumerable.Repeat((byte)'x', length)];
                line[(value + length) % length] = (byte)value;
                Assert.Equal(Encoding.UTF8.GetString(ReferenceLog.Escape(line)), Escape(line));
            }
        }
    }

    [Fact]
    public void Escape_AnyBytes_EqualsTheReference() =>
        Prop.ForAll<byte[]>(bytes => Escape(bytes) == Encoding.UTF8.GetString(ReferenceLog.Escape(bytes))).QuickCheckThrowOnFailure();

    [Fact]
    public void Escape_MixturesOfPieces_EqualsTheReference()
    {
        // Random bytes are nearly never long valid UTF-8: build lines from pieces of every sort.
        byte[][] pieces = ["abc"u8.ToArray(), "\""u8.ToArray(), "ü"u8.ToArray(), "世"u8.ToArray(), "🐳"u8.ToArray(), "\u2028"u8.ToArray(), "<"u8.ToArray(), [0x01],
            [0x80], [0xe2], [0xe2, 0x80], [0xf4, 0x90], "a long run of harmless ascii text that a vector can skip"u8.ToArray()];
        Prop.ForAll<int[]>(choice =>
        {
            byte[] line = [.. choice.SelectMany(c => pieces[(int)((uint)c % pieces.Length)])];
            return Escape(line) == Encoding.UTF8.GetString(ReferenceLog.Escape(line));
        }).QuickCheckThrowOnFailure();
    }

    private static string Escape(byte[] bytes)
    {
        byte[] output = new byte[bytes.Length * GoJsonBytes.MaxGrowth];
        return Encoding.UTF8.GetString(output, 0, GoJsonBytes.Escape(bytes, output));
    }
}
