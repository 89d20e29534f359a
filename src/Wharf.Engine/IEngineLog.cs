namespace Wharf.Engine;

/// <summary>Where the engine says what it did on its own account, or could not do where nobody waits for an answer.</summary>
public interface IEngineLog
{
    void Information(string message);

    void Warning(string message);

    void Error(string message, Exception? cause);
}
