using System.Buffers.Binary;
using System.Text;

namespace Wharf.Cli.Builds.Lending.Keys;

/// <summary>Answers as an SSH agent that has some keys (draft-ietf-sshm-ssh-agent): lists them and signs with them, and refuses everything else.</summary>
internal sealed class KeyAgent(IReadOnlyList<SshKey> keys)
{
    private const byte Failure = 5, RequestIdentities = 11, IdentitiesAnswer = 12, SignRequest = 13, SignResponse = 14;
    private const int MostBytes = 256 << 10;

    private byte[] _received = [];

    /// <summary>Takes bytes as they come.</summary>
    /// <returns>The answers to the requests that are whole by now.</returns>
    /// <exception cref="FormatException">What comes is no request.</exception>
    public byte[] Take(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. _received, .. bytes];
        using var answers = new MemoryStream();
        ReadOnlySpan<byte> rest = all;
        while (rest.Length >= 4)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length is 0 or > MostBytes)
            {
                throw new FormatException($"a request of {length} bytes to the ssh agent");
            }

            if (rest.Length - 4 < length)
            {
                break;
            }

            answers.Write(new SshWire().Text(Answer(rest.Slice(4, (int)length))).ToArray());
            rest = rest[(4 + (int)length)..];
        }

        _received = rest.ToArray();
        return answers.ToArray();
    }

    private byte[] Answer(ReadOnlySpan<byte> request)
    {
        try
        {
            ReadOnlySpan<byte> rest = request[1..];
            return request[0] switch
            {
                RequestIdentities => Identities(),
                SignRequest => Sign(ref rest),
                _ => [Failure],
            };
        }
        catch (FormatException)
        {
            return [Failure];
        }
    }

    private byte[] Identities()
    {
        SshWire answer = new SshWire().Byte(IdentitiesAnswer).Number((uint)keys.Count);
        foreach (SshKey key in keys)
        {
            answer.Text(key.PublicBlob).Text(Encoding.UTF8.GetBytes(key.Comment));
        }

        return answer.ToArray();
    }

    private byte[] Sign(ref ReadOnlySpan<byte> request)
    {
        byte[] blob = SshWire.ReadText(ref request).ToArray();
        ReadOnlySpan<byte> data = SshWire.ReadText(ref request);
        uint flags = SshWire.ReadNumber(ref request);
        return keys.FirstOrDefault(k => k.PublicBlob.AsSpan().SequenceEqual(blob))?.Sign(data, flags) is { } signature
            ? new SshWire().Byte(SignResponse).Text(signature).ToArray()
            : [Failure];
    }
}
