using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Wharf.Primitives;
using Wharf.Runtime.Accounts;

namespace Wharf.Engine.Launch;

/// <summary>Who a process is: numbers, and the home that goes with them.</summary>
internal sealed record ResolvedUser(uint Uid, uint Gid, IReadOnlyList<uint> Groups, string Home);

/// <summary>Turns <c>user[:group]</c> into numbers by the container's own account files, as Docker does.</summary>
internal static class UserResolver
{
    private const long LargestId = int.MaxValue;

    /// <param name="root">The container's root.</param>
    /// <param name="user"><c>name</c>, <c>uid</c>, <c>name:group</c>, <c>uid:gid</c>, or empty for root.</param>
    /// <param name="extraGroups">Names or numbers of <c>--group-add</c>.</param>
    /// <exception cref="WharfException">InvalidArgument with Docker's texts.</exception>
    public static ResolvedUser Resolve(SafeFileHandle root, string user, IReadOnlyList<string> extraGroups)
    {
        int colon = user.IndexOf(':');
        string wantedUser = colon < 0 ? user : user[..colon], wantedGroup = colon < 0 ? "" : user[(colon + 1)..];
        string[]? entry = AccountFiles.Read(root, "etc/passwd").FirstOrDefault(e => e.Length >= 4 && IsNumber(e[2]) && IsNumber(e[3]) && (e[0] == wantedUser || e[2] == (wantedUser.Length == 0 ? "0" : wantedUser)));
        (uint uid, uint gid, string home, string name) = entry is not null
            ? (Number(entry[2]), Number(entry[3]), entry.Length > 5 ? entry[5] : "", entry[0])
            : wantedUser.Length == 0 ? (0u, 0u, "/", "")
            : Parse(wantedUser) is { } id ? (id, 0u, "/", "")
            : throw WharfException.Invalid($"unable to find user {wantedUser}: no matching entries in passwd file");

        List<string[]>? groupFile = wantedGroup.Length > 0 || name.Length > 0 || extraGroups.Count > 0
            ? [.. AccountFiles.Read(root, "etc/group").Where(e => e.Length >= 3 && IsNumber(e[2]))]
            : null;
        var groups = new List<uint>();
        if (wantedGroup.Length > 0)
        {
            gid = Group(groupFile!, wantedGroup, $"unable to find group {wantedGroup}: no matching entries in group file");
        }
        else if (name.Length > 0)
        {
            groups.AddRange(groupFile!.Where(e => e.Length >= 4 && e[3].Split(',').Contains(name)).Select(e => Number(e[2])));
        }

        groups.Insert(0, gid);
        groups.AddRange(extraGroups.Select(g => Group(groupFile!, g, $"Unable to find group {g}")));
        return new ResolvedUser(uid, gid, [.. groups.Distinct()], home.Length == 0 ? "/" : home);
    }

    private static uint Group(List<string[]> groupFile, string wanted, string otherwise)
    {
        string[]? entry = groupFile.Find(e => e[0] == wanted || e[2] == wanted);
        return entry is not null ? Number(entry[2]) : Parse(wanted) ?? throw WharfException.Invalid(otherwise);
    }

    // A number from outside: null when it is none, refused when the kernel could not tell it from "nobody" or "unchanged".
    private static uint? Parse(string text) =>
        !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? null
        : number is < 0 or > LargestId ? throw WharfException.Invalid($"uids and gids must be in range 0-{LargestId}")
        : (uint)number;

    // A line of the image's file whose id is nonsense ("0x7", nothing) is no entry: Docker takes it for root's, which is nobody's intention.
    private static bool IsNumber(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private static uint Number(string text) => Parse(text) ?? throw WharfException.Invalid($"\"{text}\" of the container's account files is no number");
}
