using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Client.Streams;
using Wharf.Primitives;
using Wharf.Testing;

namespace Wharf.Client.Tests;

public sealed class StreamTests
{
    private sealed class Pieces(byte[] content, int size) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, size)], cancellationToken);
    }

    [Fact]
    public void Frames_CutAnywhere_ComeBackWhole() =>
        Prop.ForAll<NonEmptyArray<NonNull<string>>, PositiveInt>((texts, size) =>
        {
            var bytes = new List<byte>();
            var expected = new StringBuilder[3] { new(), new(), new() };
            for (int i = 0; i < texts.Get.Length; i++)
            {
                byte stream = (byte)(1 + (i / 2 % 2)); // runs of one stream, too
                string text = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(texts.Get[i].Get));
                bytes.AddRange(FakeEngine.Frame(stream, text));
                expected[stream].Append(text);
            }

            var actual = new List<byte>[3] { [], [], [] };
            var source = new Pieces([.. bytes], size.Get);
            new FrameReader((b, ct) => source.ReadAsync(b, ct)).CopyAsync((s, b) => actual[s].AddRange(b), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            Assert.Equal(expected[1].ToString(), Encoding.UTF8.GetString([.. actual[1]]));
            Assert.Equal(expected[2].ToString(), Encoding.UTF8.GetString([.. actual[2]]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task Frames_UnknownStream_IsAnError()
    {
        var source = new MemoryStream([.. FakeEngine.Frame(1, "be"), .. FakeEngine.Frame(1, "fore"), .. FakeEngine.Frame(9, "x")]);
        var before = new List<byte>();
        var error = await Assert.ThrowsAsync<WharfException>(() => new FrameReader((b, ct) => source.ReadAsync(b, ct)).CopyAsync((_, b) => before.AddRange(b), CancellationToken.None).AsTask());
        Assert.Equal("Unrecognized input header: 9", error.Message);
        Assert.Equal("before", Encoding.UTF8.GetString([.. before]));
    }

    [Fact]
    public void JsonLines_CutAnywhere_ComeBackWhole() =>
        Prop.ForAll<NonEmptyArray<int>, PositiveInt>((numbers, size) =>
        {
            string text = string.Concat(numbers.Get.Select((n, i) => $"{{\"n\":{n},\"s\":\"}}\\\"{{\"}}{(i % 2 == 0 ? "\r\n" : "")}"));
            var found = new List<string>();
            async Task ReadAsync()
            {
                await foreach (ReadOnlyMemory<byte> json in JsonLines.ReadRawAsync(new Pieces(Encoding.UTF8.GetBytes(text), size.Get), CancellationToken.None))
                {
                    found.Add(Encoding.UTF8.GetString(json.Span));
                }
            }

            ReadAsync().GetAwaiter().GetResult();
            Assert.Equal(numbers.Get.Select(n => $"{{\"n\":{n},\"s\":\"}}\\\"{{\"}}"), found);
        }).QuickCheckThrowOnFailure();
}
