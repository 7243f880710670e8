using Gdn.Harness.Clients;
using Gdn.Reference;

namespace Gdn.Harness.Bleed;

/// <summary>Questions about a corruption that has been found. Whatever becomes of them, it is not lost.</summary>
internal static class Inquiry
{
    /// <summary>Asks.</summary>
    /// <returns>The answer; null where the server refused, died, or there was no time left.</returns>
    public static async Task<T?> TryAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is BadAnswerException or EnvironmentException or OperationCanceledException)
        {
            return null;
        }
    }
}
