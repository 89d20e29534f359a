using System.Buffers;
using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Shims.Protocol;

/// <summary>
/// The frames of a shim's socket: a little-endian length (4 bytes, of what follows), the kind (1), the sequence (4), then the record's
/// members in their order. Versions: members are only ever added at the end; a reader ignores bytes behind the members it knows and takes
/// defaults for members that an older writer did not send. An unknown kind is answered with an error by a shim and ignored by a daemon.
/// </summary>
public static class ShimWire
{
    /// <summary>1: the first. 2: outlets. 3: compiled filters.</summary>
    public const int Version = 3;

    public const int LengthSize = 4;

    /// <summary>Larger frames are refused by both sides: a specification with its seccomp profile has some 50 KiB, and execve(2) takes no more arguments.</summary>
    public const int MaxFrame = 4 << 20;

    /// <summary>The name of the socket in a shim's directory.</summary>
    public const string SocketName = "shim.sock";

    /// <summary>Where a shim says why it died, in its directory.</summary>
    public const string ErrorLogName = "shim.err";

    /// <summary>The variable of a shim's environment with the daemon's <see cref="CgroupLayout.Lines"/>; older daemons do not set it.</summary>
    public const string CgroupsVariable = "WHARF_CGROUPS";

    /// <exception cref="WharfException">InvalidArgument: more than <see cref="MaxFrame"/>.</exception>
    public static byte[] Encode(ShimRequest request)
    {
        const int Overhead = 1024;
        if (request.Payload.Length > MaxFrame - Overhead)
        {
            throw WharfException.Invalid($"the specification of the process has {request.Payload.Length} bytes; {MaxFrame - Overhead} are the most");
        }

        var writer = new FrameWriter((byte)request.Kind, request.Sequence, 64 + request.Payload.Length);
        writer.Text(request.Id);
        writer.Number(request.First);
        writer.Number(request.Second);
        writer.Bytes(request.Payload.Span);
        return writer.Finish();
    }

    public static byte[] Encode(ShimReply reply)
    {
        var writer = new FrameWriter((byte)reply.Kind, reply.Sequence, 64 + reply.Text.Length);
        writer.Text(reply.Id);
        writer.Number(reply.Pid);
        writer.Number(reply.Code);
        writer.Number(reply.Flag ? 1 : 0);
        writer.Long(reply.Time);
        writer.Text(reply.Text);
        writer.Number(reply.Numbers.Count);
        foreach (int number in reply.Numbers)
        {
            writer.Number(number);
        }

        writer.Number(reply.Names.Count);
        foreach (string name in reply.Names)
        {
            writer.Text(name);
        }

        return writer.Finish();
    }

    /// <summary>Finds one frame at the start of what has arrived.</summary>
    /// <returns>NeedMoreData until it is whole; InvalidData when its length is out of bounds: the connection is to be closed then.</returns>
    public static OperationStatus TryFrame(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> body, out int consumed)
    {
        body = default;
        consumed = 0;
        if (input.Length < LengthSize)
        {
            return OperationStatus.NeedMoreData;
        }

        uint length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(input);
        if (length is < 5 or > MaxFrame)
        {
            return OperationStatus.InvalidData;
        }

        if (input.Length - LengthSize < (int)length)
        {
            return OperationStatus.NeedMoreData;
        }

        consumed = LengthSize + (int)length;
        body = input[LengthSize..consumed];
        return OperationStatus.Done;
    }

    /// <exception cref="WharfException">DataLoss: a length inside the frame points out of it.</exception>
    public static ShimRequest DecodeRequest(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body, out byte kind, out uint sequence);
        return new ShimRequest
        {
            Kind = (ShimRequestKind)kind,
            Sequence = sequence,
            Id = reader.Text(),
            First = reader.Number(),
            Second = reader.Number(),
            Payload = reader.Bytes().ToArray(),
        };
    }

    /// <exception cref="WharfException">DataLoss: a length inside the frame points out of it.</exception>
    public static ShimReply DecodeReply(ReadOnlySpan<byte> body)
    {
        var reader = new FrameReader(body, out byte kind, out uint sequence);
        return new ShimReply
        {
            Kind = (ShimReplyKind)kind,
            Sequence = sequence,
            Id = reader.Text(),
            Pid = reader.Number(),
            Code = reader.Number(),
            Flag = reader.Number() != 0,
            Time = reader.Long(),
            Text = reader.Text(),
            Numbers = Numbers(ref reader),
            Names = Names(ref reader),
        };
    }

    private static int[] Numbers(ref FrameReader reader)
    {
        int[] numbers = new int[reader.Count(itemSize: 4)];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.Number();
        }

        return numbers;
    }

    private static string[] Names(ref FrameReader reader)
    {
        string[] names = new string[reader.Count(itemSize: 4)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = reader.Text();
        }

        return names;
    }
}
