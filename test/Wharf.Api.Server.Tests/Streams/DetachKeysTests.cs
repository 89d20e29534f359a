using System.Text;
using Wharf.Engine.Streams;
using Wharf.Primitives;

namespace Wharf.Api.Server.Tests.Streams;

public sealed class DetachKeysTests
{
    [Theory]
    [InlineData(null, "ab\u0010\u0011cd", "ab", true)]
    [InlineData(null, "ab\u0010c", "ab\u0010c", false)]
    [InlineData(null, "\u0010\u0010\u0011", "\u0010", true)]
    [InlineData("ctrl-a,d", "x\u0001d", "x", true)]
    [InlineData("a,a,b", "aaab", "a", true)]
    [InlineData("q", "hello q world", "hello ", true)]
    [InlineData("ctrl-[,ctrl-_", "\u001b\u001f", "", true)]
    public void Filter_InPiecesOfAnySize_FindsTheSequence(string? keys, string typed, string passed, bool detached)
    {
        for (int size = 1; size <= typed.Length; size++)
        {
            DetachKeys filter = DetachKeys.Parse(keys);
            var output = new StringBuilder();
            bool found = false;
            foreach (char[] piece in typed.Chunk(size))
            {
                byte[] buffer = new byte[piece.Length + DetachKeys.MaxKeys];
                found = filter.Filter(Encoding.Latin1.GetBytes(piece), buffer, out int written);
                output.Append(Encoding.Latin1.GetString(buffer, 0, written));
                if (found)
                {
                    break;
                }
            }

            Assert.Equal((passed, detached), (output.ToString(), found));
        }
    }

    [Theory]
    [InlineData("ctrl-")]
    [InlineData("ctrl-1")]
    [InlineData("ab")]
    [InlineData("a,,b")]
    [InlineData("ctrl-P")]
    public void Parse_WrongKeys_AreRefusedByName(string keys) =>
        Assert.Equal($"Invalid detach keys ({keys}) provided", Assert.Throws<WharfException>(() => DetachKeys.Parse(keys)).Message);
}
