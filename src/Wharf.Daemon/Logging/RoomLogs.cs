using Microsoft.Extensions.Logging;
using Wharf.Engine;
using Wharf.Network;

namespace Wharf.Daemon.Logging;

/// <summary>What the rooms below say on their own account, in the daemon's log.</summary>
internal sealed class RoomLogs(DaemonLog log) : IEngineLog, INetworkLog
{
    public void Information(string message) => Write(LogLevel.Information, message, null);

    public void Warning(string message) => Write(LogLevel.Warning, message, null);

    public void Error(string message, Exception? cause) => Write(LogLevel.Error, message, cause);

    private void Write(LogLevel level, string message, Exception? cause)
    {
        if (level >= log.Level)
        {
            log.Write(level, message, cause);
        }
    }
}
