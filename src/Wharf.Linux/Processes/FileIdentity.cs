using Wharf.Linux.Plans;

namespace Wharf.Linux;

/// <summary>
/// Whose rights a thread has on files (setfsuid(2), setgroups(2)): a daemon that reads for a user takes them for the calls, so that the kernel refuses what it
/// would refuse the user. A root user's capabilities over files are gone with the change (capabilities(7)).
/// </summary>
/// <param name="user">User id.</param>
/// <param name="group">Group id.</param>
/// <param name="groups">Supplementary groups.</param>
public sealed unsafe class FileIdentity(uint user, uint group, IReadOnlyList<uint> groups)
{
    private readonly uint[] _groups = [.. groups];

    /// <summary>The calling thread has these rights until the scope is disposed on it; there must be no await in between.</summary>
    /// <exception cref="Primitives.WharfException">Internal: the process may not change identities.</exception>
    public Scope Assume()
    {
        uint[] former = OwnGroups();
        SetGroups(_groups);
        uint formerGroup = (uint)Libc.setfsgid(group), formerUser = (uint)Libc.setfsuid(user);

        // The calls answer the former value whether they worked or not.
        var scope = new Scope(formerUser, formerGroup, former);
        if ((uint)Libc.setfsuid(uint.MaxValue) == user && (uint)Libc.setfsgid(uint.MaxValue) == group)
        {
            return scope;
        }

        scope.Dispose();
        throw Primitives.WharfException.Internal($"setfsuid {user}: the rights of another user cannot be taken");
    }

    private static uint[] OwnGroups()
    {
        const int Most = 65536;
        nint count = Libc.syscall(Call.getgroups, 0, 0, 0, 0, 0, 0);
        uint[] groups = new uint[Math.Clamp((int)count, 0, Most)];
        fixed (uint* p = groups)
        {
            SystemCall.Answer(Libc.syscall(Call.getgroups, groups.Length, (nint)p, 0, 0, 0, 0)).ThrowIfError("getgroups", "");
        }

        return groups;
    }

    // Not the C library's function: that one changes all threads of the process.
    private static void SetGroups(uint[] groups)
    {
        fixed (uint* p = groups)
        {
            SystemCall.Answer(Libc.syscall(Call.setgroups, groups.Length, (nint)p, 0, 0, 0, 0)).ThrowIfError("setgroups", "");
        }
    }

    /// <summary>Gives the thread its own rights back when disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly uint _user, _group;
        private readonly uint[] _groups;

        internal Scope(uint user, uint group, uint[] groups)
        {
            _user = user;
            _group = group;
            _groups = groups;
        }

        public void Dispose()
        {
            if (_groups is not null)
            {
                _ = Libc.setfsuid(_user);
                _ = Libc.setfsgid(_group);
                SetGroups(_groups);
            }
        }
    }
}
