using System.Net.Http.Headers;

namespace Gdn.Harness.Clients.Http;

/// <summary>An answer that has begun to arrive.</summary>
/// <param name="Reader">Reads it.</param>
/// <param name="Headers">Its headers.</param>
/// <param name="RefusedWith">The status with which the server first refused the request as too many; null if it took it at once.</param>
internal sealed record ServerAnswer(BoundedReader Reader, HttpResponseHeaders Headers, int? RefusedWith)
{
    /// <summary>The whole answer as a JSON object.</summary>
    /// <exception cref="BadAnswerException">It is none, or too long.</exception>
    public async Task<AnswerJson> JsonAsync(CancellationToken cancellation) =>
        AnswerJson.Parse(await Reader.ReadToEndAsync(cancellation), Reader.Where);
}
