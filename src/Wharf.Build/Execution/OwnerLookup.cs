using System.Globalization;
using System.Text;
using Wharf.Build.Copying;
using Wharf.Primitives;

namespace Wharf.Build.Execution;

/// <summary>Resolves <c>--chown=user[:group]</c> with the image's own /etc/passwd and /etc/group, read as data.</summary>
internal static class OwnerLookup
{
    private const int MaxFileBytes = 4 * 1024 * 1024;

    /// <exception cref="WharfException">InvalidArgument: a name that the image does not know, or a number out of range.</exception>
    public static (uint User, uint Group) Resolve(string text, TargetTree image)
    {
        int colon = text.IndexOf(':');
        string user = colon < 0 ? text : text[..colon];
        string? group = colon < 0 ? null : text[(colon + 1)..];
        if (user.Length == 0 || group is "")
        {
            throw WharfException.Invalid($"invalid chown string: \"{text}\"");
        }

        uint uid, gid;
        if (Number(user) is { } number)
        {
            (uid, gid) = (number, number);
        }
        else
        {
            string[] entry = Find(image, "/etc/passwd", user, fields: 4)
                ?? throw WharfException.Invalid($"unable to convert uid/gid chown string to host mapping: can't find uid for user {user}: no such user: {user}");
            (uid, gid) = (Id(entry[2]), Id(entry[3]));
        }

        if (group is not null)
        {
            gid = Number(group) ?? Id((Find(image, "/etc/group", group, fields: 3)
                ?? throw WharfException.Invalid($"unable to convert uid/gid chown string to host mapping: can't find gid for group {group}: no such group: {group}"))[2]);
        }

        return (uid, gid);
    }

    /// <summary>The ids of what USER says; root's where the image has no such name, which nothing needs before a process runs.</summary>
    public static (uint User, uint Group) ResolveOrRoot(string text, TargetTree image)
    {
        string[] parts = text.Split(':', 2);
        bool known = (parts[0].All(char.IsAsciiDigit) || Find(image, "/etc/passwd", parts[0], fields: 4) is not null)
            && (parts.Length == 1 || parts[1].All(char.IsAsciiDigit) || Find(image, "/etc/group", parts[1], fields: 3) is not null);
        return known && parts.All(p => p.Length > 0) ? Resolve(text, image) : (0, 0);
    }

    private static uint? Number(string text) =>
        !text.All(char.IsAsciiDigit) ? null
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) && value <= int.MaxValue ? value
        : throw WharfException.Invalid($"uids and gids must be in range 0-{int.MaxValue}, not {text}");

    private static uint Id(string text) => Number(text) ?? throw WharfException.Invalid($"\"{text}\" in the image's user table is no number");

    private static string[]? Find(TargetTree image, string file, string name, int fields)
    {
        byte[] content = image.ReadSmall(file, MaxFileBytes) ?? [];
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            string[] parts = line.Split(':');
            if (parts.Length >= fields && parts[0] == name)
            {
                return parts;
            }
        }

        return null;
    }
}
