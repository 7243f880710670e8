using System.Text.Json.Serialization;

namespace Gdn.Harness.Traffic;

/// <summary>
/// What a client waits for. Requests wait for events of other requests and never for a time, so that a round is the same
/// traffic on a fast server and on a slow one.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "on")]
[JsonDerivedType(typeof(TokensArrived), "tokens")]
[JsonDerivedType(typeof(RequestEnded), "end")]
[JsonDerivedType(typeof(RequestsEnded), "ends")]
public abstract record Trigger;

/// <summary>A request of the round has received tokens, or has ended before.</summary>
/// <param name="Request">Its index.</param>
/// <param name="Count">How many, from 1.</param>
public sealed record TokensArrived(int Request, int Count) : Trigger;

/// <summary>A request of the round has ended.</summary>
/// <param name="Request">Its index.</param>
public sealed record RequestEnded(int Request) : Trigger;

/// <summary>A number of requests of the round have ended, no matter which.</summary>
/// <param name="Count">How many.</param>
public sealed record RequestsEnded(int Count) : Trigger;
