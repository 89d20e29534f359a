using System.Buffers.Binary;
using Wharf.Primitives;

namespace Wharf.Linux.Netlink;

/// <summary>
/// What the kernel said to a request: 0, or an errno with the kernel's own sentence where it has one (NLMSGERR_ATTR_MSG). Expected
/// refusals (exists, no such device) are values; the caller throws for the rest.
/// </summary>
public readonly record struct NetlinkAnswer(Errno Errno, string? Text = null, int Position = 0)
{
    public static readonly NetlinkAnswer Success;

    // On an acknowledgement two bits of the header's flags mean something else than on a request.
    private const ushort FlagCapped = 0x100;
    private const ushort FlagTexts = 0x200;

    public bool Ok => Errno == Errno.None;

    /// <exception cref="WharfException">Internal, with what was tried, the errno's text and the kernel's sentence.</exception>
    public void ThrowIfError(string what)
    {
        if (!Ok)
        {
            throw WharfException.Internal($"{what}: {this}");
        }
    }

    public override string ToString()
    {
        string reason = Errno.Describe();
        return string.IsNullOrEmpty(Text) ? reason : $"{reason} ({Text})";
    }

    /// <summary>Reads the payload of an NLMSG_ERROR message.</summary>
    internal static NetlinkAnswer Read(NetlinkMessage message)
    {
        ReadOnlySpan<byte> payload = message.Fixed(4 + NetlinkWriter.HeaderLength);
        var errno = (Errno)(-BinaryPrimitives.ReadInt32LittleEndian(payload));
        if (((ushort)message.Flags & FlagTexts) == 0)
        {
            return new NetlinkAnswer(errno);
        }

        // Without the capped flag the whole offending message is repeated before the attributes.
        int echoed = ((ushort)message.Flags & FlagCapped) != 0
            ? NetlinkWriter.HeaderLength
            : Math.Max(NetlinkWriter.HeaderLength, BinaryPrimitives.ReadInt32LittleEndian(payload[4..]));
        const int attributeText = 1;
        return message.Payload.Length < 4 + echoed
            ? new NetlinkAnswer(errno)
            : new NetlinkAnswer(errno, message.Attributes(4 + echoed).Find(attributeText).Text);
    }
}
