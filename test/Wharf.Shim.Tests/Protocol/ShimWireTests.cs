using System.Buffers;
using FsCheck;
using FsCheck.Fluent;
using Wharf.Primitives;
using Wharf.Runtime.Shims.Protocol;

namespace Wharf.Shim.Tests.Protocol;

public sealed class ShimWireTests
{
    [Fact]
    public void Request_EncodedAndDecoded_IsTheSame() => Prop.ForAll(Requests(), request =>
    {
        ShimRequest back = ShimWire.DecodeRequest(Body(ShimWire.Encode(request)));
        return back.Kind == request.Kind && back.Sequence == request.Sequence && back.Id == request.Id && back.First == request.First
            && back.Second == request.Second && back.Payload.Span.SequenceEqual(request.Payload.Span);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Reply_EncodedAndDecoded_IsTheSame() => Prop.ForAll(Replies(), reply =>
    {
        ShimReply back = ShimWire.DecodeReply(Body(ShimWire.Encode(reply)));
        return back with { Numbers = [], Names = [] } == reply with { Numbers = [], Names = [] }
            && back.Numbers.SequenceEqual(reply.Numbers) && back.Names.SequenceEqual(reply.Names);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decode_AnyBytes_AnswersOrRefuses() => Prop.ForAll<byte[]>(bytes =>
    {
        try
        {
            _ = ShimWire.DecodeReply(bytes);
            _ = ShimWire.DecodeRequest(bytes);
            return true;
        }
        catch (WharfException refused)
        {
            return refused.Kind == ErrorKind.DataLoss;
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Frame_ArrivingInPieces_IsFoundWhenWhole()
    {
        byte[] frame = ShimWire.Encode(new ShimRequest { Kind = ShimRequestKind.Signal, Sequence = 7, First = 9 });
        for (int length = 0; length < frame.Length; length++)
        {
            Assert.Equal(OperationStatus.NeedMoreData, ShimWire.TryFrame(frame.AsSpan(0, length), out _, out _));
        }

        byte[] two = [.. frame, .. frame];
        Assert.Equal(OperationStatus.Done, ShimWire.TryFrame(two, out _, out int consumed));
        Assert.Equal(frame.Length, consumed);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData((uint)ShimWire.MaxFrame + 1)]
    [InlineData(uint.MaxValue)]
    public void Frame_LengthOutOfBounds_IsRefused(uint length)
    {
        Assert.Equal(OperationStatus.InvalidData, ShimWire.TryFrame(BitConverter.GetBytes(length), out _, out _));
    }

    [Fact]
    public void Reply_FromAnOlderShim_GetsDefaultsForWhatItDoesNotKnow()
    {
        byte[] body = Body(ShimWire.Encode(new ShimReply { Kind = ShimReplyKind.Launched, Sequence = 3, Id = "x", Pid = 42 }));
        int upToPid = 5 + 4 + 1 + 4;
        ShimReply old = ShimWire.DecodeReply(body.AsSpan(0, upToPid));
        Assert.Equal(42, old.Pid);
        Assert.Equal(0, old.Code);
        Assert.Equal("", old.Text);
        Assert.Empty(old.Names);
    }

    [Fact]
    public void Reply_FromANewerShim_IsReadWithoutWhatWeDoNotKnow()
    {
        byte[] body = Body(ShimWire.Encode(new ShimReply { Kind = ShimReplyKind.Launched, Pid = 42, Names = ["a"] }));
        ShimReply read = ShimWire.DecodeReply([.. body, 1, 2, 3, 4, 5]);
        Assert.Equal(42, read.Pid);
        Assert.Equal(["a"], read.Names);
    }

    [Fact]
    public void Reply_WithACountLargerThanTheFrame_IsRefusedBeforeMemoryIsTaken()
    {
        byte[] body = Body(ShimWire.Encode(new ShimReply { Kind = ShimReplyKind.Pids, Numbers = [1] }));
        BitConverter.TryWriteBytes(body.AsSpan(^12), int.MaxValue);
        Assert.Equal(ErrorKind.DataLoss, Assert.Throws<WharfException>(() => ShimWire.DecodeReply(body)).Kind);
    }

    private static byte[] Body(byte[] frame)
    {
        Assert.Equal(OperationStatus.Done, ShimWire.TryFrame(frame, out ReadOnlySpan<byte> body, out int consumed));
        Assert.Equal(frame.Length, consumed);
        return body.ToArray();
    }

    private static Arbitrary<ShimRequest> Requests() => ArbMap.Default.GeneratorFor<(byte Kind, uint Sequence, NonNull<string> Id, int First, int Second, byte[] Payload)>()
        .Select(t => new ShimRequest
        {
            Kind = (ShimRequestKind)t.Kind,
            Sequence = t.Sequence,
            Id = WellFormed(t.Id.Get),
            First = t.First,
            Second = t.Second,
            Payload = t.Payload ?? [],
        }).ToArbitrary();

    private static Arbitrary<ShimReply> Replies() => ArbMap.Default.GeneratorFor<(byte Kind, uint Sequence, NonNull<string> Text, int Number, long Time, int[] Numbers, NonNull<string>[] Names)>()
        .Select(t => new ShimReply
        {
            Kind = (ShimReplyKind)t.Kind,
            Sequence = t.Sequence,
            Id = WellFormed(t.Text.Get),
            Pid = t.Number,
            Code = -t.Number,
            Flag = t.Number % 2 == 0,
            Time = t.Time,
            Text = WellFormed(t.Text.Get + "x"),
            Numbers = t.Numbers ?? [],
            Names = [.. (t.Names ?? []).Select(n => WellFormed(n.Get))],
        }).ToArbitrary();

    // Text on the wire is UTF-8: lone surrogates cannot be in it.
    private static string WellFormed(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
